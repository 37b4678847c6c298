import type { CriticalSystem } from './facts.js';
import { permissionOfScope } from './permissions.js';
import type { CreatedToken } from './privilege-facts.js';

/** `strange`: it has a scope that nobody knows. `unsaid`: Docker Hub did not say what it may do. */
export type PushRights = 'pushes' | 'reads' | 'strange' | 'unsaid';

/** Whether a token can put an image into a repository of one of these systems; null: into any repository. */
export function pushRights(
  { resources }: Pick<CreatedToken, 'resources'>,
  organization: string,
  into: readonly CriticalSystem[] | null,
): PushRights {
  if (resources === undefined) return 'unsaid';
  const found = resources.map(({ path, scopes }): PushRights => {
    if (path !== undefined && into !== null && !into.some((system) => meets(path, organization, system)))
      return 'reads';
    if (scopes === undefined) return 'unsaid';
    const rights = scopes.map(permissionOfScope);
    const pushes = rights.some((right) => right === 'write' || right === 'admin');
    if (pushes && path !== undefined) return 'pushes';
    if (rights.includes(null)) return 'strange';
    return pushes ? 'unsaid' : 'reads';
  });
  return (['pushes', 'unsaid', 'strange'] as const).find((one) => found.includes(one)) ?? 'reads';
}

/** A path is `acme/api`, a pattern of them, or the organization; each of these may end in `/public`. */
function meets(path: string, organization: string, { repositories }: CriticalSystem): boolean {
  if (repositories === null || path === organization) return true;
  const [namespace = '', name = '*'] = path.split('/');
  return globsMeet(namespace, organization) && repositories.some((pattern) => globsMeet(name, pattern));
}

/** Whether some name fits both patterns, in which `*` stands for any run of characters. */
export function globsMeet(one: string, other: string): boolean {
  if (one === '' && other === '') return true;
  if (one.startsWith('*')) return globsMeet(one.slice(1), other) || (other !== '' && globsMeet(one, other.slice(1)));
  if (other.startsWith('*')) return globsMeet(other, one);
  return one !== '' && one[0] === other[0] && globsMeet(one.slice(1), other.slice(1));
}
