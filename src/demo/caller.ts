/** Who asks. `nobody` sent nothing; `refused` sent something that is no bearer of this hub, or an expired one. */
export type Caller =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'user';
      readonly username: string;
      readonly by: 'password' | 'pat';
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'organization'; readonly name: string; readonly token: string };

/** Whose budget a request is taken from: an organization token has its own, apart from every person's. */
export function budgetOf(caller: Caller, bearer: string | null): string {
  if (caller.kind === 'user') return `${caller.by} ${caller.username}`;
  if (caller.kind === 'organization') return `oat ${caller.token}`;
  return `bearer ${bearer ?? ''}`;
}
