#!/bin/sh
# Restores a backup of Hubwarden beside the installation, and asks what came back whether it is what it was. The installation is
# read and never changed, and may be at work.
#
#   DATABASE_URL=postgres://… REHEARSAL_URL=postgres://…/empty  rehearse-restore.sh server
#     dumps the one database and restores it into the other one, which has to be empty, and is left as it is for a look
#
#   rehearse-restore.sh folder BACKUP
#     works on a copy of BACKUP, which is a copy of HUBWARDEN_DATA_DIR that was made while nothing ran; removes it afterwards
#
# HUBWARDEN is the program, if it is not `hubwarden`; HUBWARDEN_ENCRYPTION_KEY has to be set where the installation has it.
# Exit status: 0 the backup is good; anything else: it is not, and the last line says at what it ended.
set -eu
umask 077

hubwarden=${HUBWARDEN:-hubwarden}
work=$(mktemp -d "${TMPDIR:-/tmp}/hubwarden-rehearsal.XXXXXX")
# Where root hands the embedded server to another account, that one has to get through.
chmod 0711 "$work"
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*"; }
fail() { printf 'rehearse-restore: %s\n' "$*" >&2; exit 1; }

case "${1-}" in
  server)
    : "${DATABASE_URL:?the database to be backed up}" "${REHEARSAL_URL:?an empty database to restore into}"
    [ "$DATABASE_URL" != "$REHEARSAL_URL" ] || fail 'REHEARSAL_URL is the installation itself'
    tables=$(psql "$REHEARSAL_URL" -XAtc "select count(*) from pg_class where relnamespace = 'public'::regnamespace")
    [ "$tables" = 0 ] || fail 'REHEARSAL_URL is not empty'
    say '1. dump'
    pg_dump --format=custom --file="$work/hubwarden.dump" "$DATABASE_URL"
    say '2. restore'
    pg_restore --no-owner --exit-on-error --dbname="$REHEARSAL_URL" "$work/hubwarden.dump"
    restored=$REHEARSAL_URL
    data=${HUBWARDEN_DATA_DIR:-./.hubwarden}
    ;;
  folder)
    backup=${2:?a copy of HUBWARDEN_DATA_DIR}
    [ -d "$backup/postgres/data" ] || fail "$backup has no postgres/data; expected a copy of HUBWARDEN_DATA_DIR"
    [ ! -e "$backup/postgres/data/postmaster.pid" ] || fail "$backup was copied while a server ran on it"
    say '1. copy'
    cp -a "$backup" "$work/data"
    say '2. nothing to restore: the copy is the database'
    restored=
    data=$work/data
    ;;
  *) fail 'expected `server` or `folder BACKUP`; the first lines of this script say what they do' ;;
esac

# The embedded server is what a command works with that is told of no other one.
asked() { DATABASE_URL=$restored HUBWARDEN_DATA_DIR=$data $hubwarden "$@"; }

say '3. the trail'
asked trail verify
say '4. the last evaluation, judged again'
asked replay latest
say '5. evidence of the last year'
from=$(date -u -d '365 days ago' +%F 2>/dev/null || date -u -v-365d +%F)
asked evidence export --from "$from" --to "$(date -u +%F)" --output "$work/evidence.tar"
asked evidence key >"$work/key.pem"
asked evidence verify "$work/evidence.tar" --key "$work/key.pem"
say 'The backup is good.'
