import { userInfo } from 'node:os';

/** The operating system's user, for the record; in a container there may be none of the name. */
export function whoIAm(): string {
  try {
    return `terminal: ${userInfo().username}`;
  } catch {
    return 'terminal';
  }
}
