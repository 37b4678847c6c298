import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Trail20261121140100 implements MigrationInterface {
  readonly name = 'Trail20261121140100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Every change that was made in the product. Numbers have no gap; hash is the SHA-256 of all other columns (see
      -- src/trail/hash-entry.ts), previous_hash among them, so that whatever is edited or removed breaks the chain.
      create table trail_entry (
        number bigint primary key,
        at timestamptz(3) not null,
        -- The name of an API token, 'terminal: ' and a user of the operating system, 'configuration', or 'hubwarden'.
        actor text not null,
        -- The id of the API token; null: it was none.
        actor_token uuid,
        action text not null,
        subject text not null,
        before jsonb,
        after jsonb,
        reason text,
        previous_hash text not null,
        hash text not null
      );
      create index trail_entry_at on trail_entry (at, number);

      create function refuse_trail_change() returns trigger language plpgsql as $$
      begin
        raise exception 'The trail is append-only: % of % is refused.', lower(tg_op), tg_table_name
          using errcode = 'insufficient_privilege';
      end $$;
      create trigger trail_entry_stays before update or delete on trail_entry
        for each row execute function refuse_trail_change();
      create trigger trail_entry_stays_whole before truncate on trail_entry
        for each statement execute function refuse_trail_change();

      -- One of the two people that a guard asks for has spoken, and the other has not. Gone once it is decided: the trail has it.
      create table voice (
        subject text primary key,
        decision text not null,
        reason text not null,
        actor text not null,
        actor_token uuid,
        at timestamptz not null
      );

      -- decided_through: the last entry of the trail whose decision the evaluation could see. trail_number, trail_hash: the end of
      -- the trail when it was recorded, by which a removed end is found. Null: recorded before there was a trail.
      alter table evaluation
        add column decided_through bigint,
        add column trail_number bigint,
        add column trail_hash text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table evaluation drop column trail_hash, drop column trail_number, drop column decided_through;
      drop table voice;
      drop table trail_entry;
      drop function refuse_trail_change;
    `);
  }
}
