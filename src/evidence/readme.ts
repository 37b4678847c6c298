import type { EvidenceWindow } from './window.query.js';

/** README.txt of an archive: what each file is, and how a stranger verifies it with common tools. */
export function readmeText(window: EvidenceWindow, scope: string, signedBy: string): string {
  return `Evidence of who could reach Docker Hub organizations, ${scope}.

From ${window.from} to ${window.to} (the second instant does not belong to it).
${window.cut ? `Asked for was ${window.asked.from} to ${window.asked.to}; the record does not reach that far.\n` : ''}
report.html                  the whole for readers; prints well
results-at-end.jsonl         every subject of every check with its verdict and reason, at ${window.end.at}
results-at-start.jsonl       the same at ${window.start.at}
population-start, -end       everybody who held access, or a pending invite
population-changes           who came, left, or changed role or teams, between which two snapshots; also whom an organization
                             had when the watching of it began or ended in between
leavers                      who had left, and how long access outlasted them (of the last 400 days before the end)
findings                     every finding that was open at some time, also those fixed in time, with its history
exceptions, attestations     what somebody accepted or vouched for, by whom, approved by whom, until when
gaps                         hours without an evaluation, also between the record and what was asked for; hours in which an
                             organization was not watched, or a check could not tell
check-status                 how each check stood after each evaluation
policy.json                  the policy at the start, and every change of policy or of the rules' version
links                        whose account it is: links made and ended
trail.jsonl                  every change that was made in the product, hash-chained
evaluations.jsonl            the evaluations with their snapshots, versions and hashes
raw/records.jsonl            the records as Docker Hub and SCIM gave them, with the first snapshot that showed each and the
                             first that did not; names of people and all but the domain of addresses were taken out before
                             anything was hashed
raw/readings.jsonl           how each listing of each snapshot was read: when, how many rows, whether whole, and from where
raw/audit-events.jsonl       the events of the audit log
raw/audit-windows.jsonl      of which time each snapshot read it, and since when it had every event
raw/rosters.jsonl            the rosters that were read, with the SHA-256 of each file
raw/roster-readings.jsonl    every attempt at reading one
raw/employment.jsonl         employment of everybody to whom an account or invite was linked, or whom the policy names
oscal/assessment-results.json, ocsf/compliance-findings.jsonl
                             the verdicts at the end, for tools that read these formats
manifest.json, manifest.sig  every file with its SHA-256, and the signature of that list

Tables are there twice, as JSON and as CSV. Instants are in UTC. Findings, exceptions and decisions are as they stood at the
end of the time that this is about. Verdicts and findings name the people that they are about, and invites the addresses that
they were sent to, as the product itself does: without them nobody could follow them up.

To verify: hubwarden evidence verify FILE --key PUBLIC.pem
By hand, in an empty folder: unpack, compare the SHA-256 of every file with manifest.json, and check the signature (Ed25519)
  tar -xf FILE
  jq -r '.files[] | .sha256 + "  " + .name' manifest.json | sha256sum --check --strict
  base64 -d manifest.sig > signature
  openssl pkeyutl -verify -pubin -inkey PUBLIC.pem -rawin -in manifest.json -sigfile signature
By hand, look for files that manifest.json does not name, too: the command does so, and compares the bytes between the files.
Take PUBLIC.pem from whoever runs Hubwarden by a way of its own, not from this archive. Its fingerprint is
  ${signedBy}
`;
}
