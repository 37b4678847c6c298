import { matchesRepository } from './census.js';
import type { JudgedPolicy } from './policy.js';

interface NarrowedSystem {
  readonly name: string;
  /** As `repositories` of a critical system has them. */
  readonly patterns: readonly string[];
}

/** Which repositories of one organization are critical: those that its systems name; where none names any, all of them. */
export class CriticalPatterns {
  private constructor(private readonly systems: readonly NarrowedSystem[]) {}

  static of(policy: Pick<JudgedPolicy, 'systemsOf'>, organization: string): CriticalPatterns {
    const declared = policy.systemsOf(organization).filter((system) => system.declared);
    const naming = declared.flatMap(({ name, repositories }) =>
      repositories === null ? [] : [{ name, patterns: repositories }],
    );
    return new CriticalPatterns(naming.length > 0 ? naming : declared.map(({ name }) => ({ name, patterns: ['*'] })));
  }

  get isEmpty(): boolean {
    return this.systems.length === 0;
  }

  /** For `like any`. */
  get likes(): string[] {
    return this.systems.flatMap(({ patterns }) => patterns).map(likeOf);
  }

  /** The names that no pattern leaves open. */
  get exactNames(): string[] {
    return [...new Set(this.systems.flatMap(({ patterns }) => patterns))].filter((pattern) => !pattern.includes('*'));
  }

  systemsOf(repository: string): string[] {
    return this.systems.filter(({ patterns }) => matchesRepository(patterns, repository)).map(({ name }) => name);
  }
}

function likeOf(pattern: string): string {
  return pattern.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%');
}
