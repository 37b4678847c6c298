import type { DataSource } from 'typeorm';

type Runners = Pick<DataSource, 'createQueryRunner'>;

/** The same database, of which it is known how many rows came through cursors. */
export function countingRows(dataSource: Runners): [Runners, { fetched: number }] {
  const rows = { fetched: 0 };
  const createQueryRunner: Runners['createQueryRunner'] = (...mode) => {
    const runner = dataSource.createQueryRunner(...mode);
    const query = runner.manager.query.bind(runner.manager);
    runner.manager.query = (...given) => {
      const answer = query(...given);
      if (given[0].startsWith('fetch'))
        answer.then(
          (fetched: unknown) => (rows.fetched += Array.isArray(fetched) ? fetched.length : 0),
          () => undefined,
        );
      return answer;
    };
    return runner;
  };
  return [{ createQueryRunner }, rows];
}
