import { Injectable, Logger, type MessageEvent, type OnModuleDestroy } from '@nestjs/common';
import {
  catchError,
  concat,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  finalize,
  from,
  interval,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  share,
  Subject,
  takeUntil,
  takeWhile,
  timer,
} from 'rxjs';
import { DataSource } from 'typeorm';
import { isDatabaseLost } from '../database/is-database-lost.js';
import { type EvaluationDetail, evaluationDetailOf } from './evaluation.js';
import { findEvaluation } from './evaluations.query.js';

const pollMs = 500;
const heartbeatMs = 15_000;
/** A caller whose token was revoked meanwhile loses the stream at last. */
const longestMs = 60 * 60_000;

/**
 * How runs get on, as streams of server-sent events. What is told is read from the database, so that it does not matter which
 * process works on the run; everybody who watches the same run shares the reading.
 */
@Injectable()
export class EvaluationEvents implements OnModuleDestroy {
  private readonly logger = new Logger('Runs');
  readonly #watched = new Map<string, Observable<EvaluationDetail>>();
  readonly #stopped = new Subject<void>();

  constructor(private readonly dataSource: DataSource) {}

  /** `progress` with each change, then `finished` or `failed`, and the end. There has to be a run of that id. */
  of(id: string): Observable<MessageEvent> {
    const told = this.#watch(id).pipe(
      distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
      mergeMap((evaluation) => from(messagesOf(evaluation))),
    );
    const heartbeats = interval(heartbeatMs).pipe(map((): MessageEvent => ({ comment: 'still at it' })));
    return merge(concat(told, of(null)), heartbeats).pipe(
      takeWhile((message) => message !== null),
      takeUntil(merge(this.#stopped, timer(longestMs))),
    );
  }

  /** Ends every stream, so that a server that closes does not wait for those who watch. */
  stop(): void {
    this.#stopped.next();
  }

  onModuleDestroy(): void {
    this.stop();
  }

  #watch(id: string): Observable<EvaluationDetail> {
    const known = this.#watched.get(id);
    if (known !== undefined) return known;
    const watched = timer(0, pollMs).pipe(
      exhaustMap(() =>
        from(findEvaluation(this.dataSource.manager, id)).pipe(catchError((error: unknown) => this.#later(error))),
      ),
      mergeMap((row) => (row === null ? EMPTY : of(evaluationDetailOf(row)))),
      takeWhile((evaluation) => !isOver(evaluation), true),
      finalize(() => this.#watched.delete(id)),
      share(),
    );
    this.#watched.set(id, watched);
    return watched;
  }

  /** The database is back some time; whoever watches need not know. */
  #later(error: unknown): Observable<never> {
    if (!isDatabaseLost(error)) this.logger.error('The progress of a run could not be read', { error });
    return EMPTY;
  }
}

function isOver({ state }: EvaluationDetail): boolean {
  return state === 'finished' || state === 'failed';
}

function messagesOf(evaluation: EvaluationDetail): MessageEvent[] {
  const progress = { type: 'progress', data: evaluation };
  return isOver(evaluation) ? [progress, { type: evaluation.state, data: evaluation }] : [progress];
}
