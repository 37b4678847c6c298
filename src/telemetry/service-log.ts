import type { LoggerService } from '@nestjs/common';
import { type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Environment } from '../config/environment.js';
import { errorFields } from './error-fields.js';
import { logContext } from './log-context.js';
import type { Redactor } from './redactor.js';

type Level = Environment['logLevel'];

export interface LogSettings {
  readonly level: Level;
  /** For people on a terminal; otherwise a line of JSON for each entry. */
  readonly readable: boolean;
  readonly colours: boolean;
  /** Gets one entry at a time, with its line break. What it throws is lost. */
  readonly write: (entry: string) => void;
}

/** Parts of the framework that report each route and module while they start: of interest to whoever debugs. */
const chatty: ReadonlySet<string> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/**
 * The log of the service, as Nest wants it: one constant message, one object (`logger.log('Alert sent', { channel })`), the part
 * that says it, and the request or the run that it belongs to. An error stands in the object under `error`, or alone.
 */
export class ServiceLog implements LoggerService {
  readonly #pino: Pino;

  constructor({ level, readable, colours, write }: LogSettings, redactor: Redactor) {
    const shown = readable
      ? prettyFactory({ colorize: colours, messageKey: 'message', translateTime: 'SYS:HH:MM:ss', singleLine: true })
      : (line: string): string => line;
    this.#pino = pino(
      {
        level,
        base: null,
        messageKey: 'message',
        errorKey: 'error',
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { error: errorFields },
        mixin: logContext,
      },
      { write: (line) => write(shown(redactor.redact(line))) },
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  #write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const given = rest.filter((one) => one !== undefined);
    const texts = given.filter((one) => typeof one === 'string');
    const stack = texts.find(isStack);
    const part = texts.filter((text) => !isStack(text)).at(-1);
    const fields: Record<string, unknown> = part === undefined ? {} : { part };
    for (const one of [message, ...given]) {
      if (one instanceof Error) fields['error'] = one;
      else if (typeof one === 'object' && one !== null) Object.assign(fields, one);
    }
    if (stack !== undefined && fields['error'] === undefined) fields['stack'] = stack;
    this.#pino[isChatter(level, part) ? 'debug' : level](fields, textOf(message));
  }
}

/** Of an address that is taken, the framework writes an error and throws it, too: whoever catches it says more. */
function isChatter(level: Level, part: string | undefined): boolean {
  return (
    part !== undefined && ((level === 'info' && chatty.has(part)) || (level === 'error' && part === 'NestApplication'))
  );
}

function textOf(message: unknown): string {
  if (message instanceof Error) return 'Something unexpected went wrong';
  return typeof message === 'string' ? message : '';
}

function isStack(text: string): boolean {
  return /\n\s+at /.test(text);
}
