import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { DataSource, type EntityManager } from 'typeorm';
import { notFound } from '../http/problem.js';
import { type EvaluationRow, findEvaluation } from './evaluations.query.js';

/** @throws {Problem} 404, also for what cannot be an id. */
export async function knownEvaluation(manager: EntityManager, id: string): Promise<EvaluationRow> {
  const row = isUUID(id) ? await findEvaluation(manager, id) : null;
  if (row === null) throw notFound('evaluation of this id');
  return row;
}

/** For a stream, which has answered 200 before its handler has looked anything up. */
@Injectable()
export class KnownEvaluation implements CanActivate {
  constructor(private readonly dataSource: DataSource) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { params } = context.switchToHttp().getRequest<{ readonly params: { readonly id: string } }>();
    await knownEvaluation(this.dataSource.manager, params.id);
    return true;
  }
}
