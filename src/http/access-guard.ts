import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { allowedKey, type CalledRequest } from './allow.js';
import { Doorkeeper } from './doorkeeper.js';
import type { Allowed } from './route-facts.js';

/** Stands before every handler of every controller, also of one whose author forgot to say who may call it. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly doorkeeper: Doorkeeper,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const allowed = this.reflector.get<Allowed | undefined>(allowedKey, context.getHandler());
    await this.doorkeeper.admit(context.switchToHttp().getRequest<FastifyRequest & CalledRequest>(), allowed);
    return true;
  }
}
