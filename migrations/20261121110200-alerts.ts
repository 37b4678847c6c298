import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Alerts20261121110200 implements MigrationInterface {
  readonly name = 'Alerts20261121110200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One hook of the configuration, known by a keyed fingerprint of kind and URL: the URL itself is a secret and stays out.
      create table alert_channel (
        id bigint generated always as identity primary key,
        kind text not null,
        fingerprint text not null unique,
        -- For people, without anything secret: kind and host.
        label text not null,
        -- Transitions up to this id were told before the channel existed, or have been planned for it since.
        planned_through bigint not null,
        first_seen_at timestamptz not null,
        last_seen_at timestamptz not null,
        -- At most one message a second, Retry-After and the pauses after failures: nothing is sent before.
        not_before timestamptz,
        failing_since timestamptz,
        last_error text,
        -- The receiver said that the hook no longer exists: nothing is tried until a sample gets through or the URL changes.
        gone_at timestamptz,
        gone_because text
      );

      -- One message. Its id is the delivery id that the receiver sees, the same in every attempt. 'sending' is written before the
      -- request leaves, so that a process which finds it knows that the receiver may have it already.
      create table alert_message (
        id uuid primary key,
        number bigint generated always as identity unique,
        channel_id bigint not null references alert_channel (id),
        -- Null: what happened between two evaluations.
        evaluation_number bigint references evaluation (number),
        severity text not null,
        state text not null check (state in ('waiting', 'sending', 'sent', 'condensed', 'refused')),
        digest jsonb not null,
        created_at timestamptz not null,
        attempts integer not null default 0,
        -- An attempt ended without an answer: the receiver may have the message, so it keeps its id and its text.
        ambiguous boolean not null default false,
        -- The receiver asked for the message again (Retry-After): what it gets then is the same one.
        asked_again boolean not null default false,
        sent_at timestamptz,
        -- Of a 'condensed' message, the one that tells it.
        told_in uuid references alert_message (id),
        last_error text
      );
      create index alert_message_channel on alert_message (channel_id, number) where state in ('waiting', 'sending');
      create index alert_message_evaluation on alert_message (evaluation_number);
      create index alert_message_told_in on alert_message (told_in);

      -- Which finding a message tells of, and by which transition; without one it is a reminder. One message per transition
      -- and channel, whoever plans it and however often.
      create table alert_item (
        id bigint generated always as identity primary key,
        message_id uuid not null references alert_message (id),
        channel_id bigint not null references alert_channel (id),
        finding_id bigint not null references finding (id),
        transition_id bigint references finding_transition (id),
        -- The clock of the evaluation, by which reminders are counted.
        at timestamptz not null
      );
      create unique index alert_item_transition on alert_item (channel_id, transition_id);
      create index alert_item_finding on alert_item (finding_id, channel_id, at);
      create index alert_item_message on alert_item (message_id);
      create index alert_item_of_transition on alert_item (transition_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table alert_item, alert_message, alert_channel');
  }
}
