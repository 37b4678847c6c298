/** What came back; `body` is the parsed JSON. */
export interface HubReply<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface HubPage {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Record<string, unknown>[];
}

/** GET with or without a bearer; `path` may be an absolute link. */
export async function askHub<Body = unknown>(url: string, path: string, bearer?: string): Promise<HubReply<Body>> {
  const answer = await fetch(
    new URL(path, url),
    bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } },
  );
  const body: Body = JSON.parse(await answer.text());
  return { status: answer.status, headers: answer.headers, body };
}

export async function postHub<Body = unknown>(url: string, path: string, sent: unknown): Promise<HubReply<Body>> {
  const answer = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sent),
  });
  const body: Body = JSON.parse(await answer.text());
  return { status: answer.status, headers: answer.headers, body };
}

/** The bearer that Docker Hub gives for the secret. */
export async function signInToHub(url: string, identifier: string, secret: string): Promise<string> {
  const { status, body } = await postHub<{ access_token: string }>(url, '/v2/auth/token', { identifier, secret });
  if (status !== 200) throw new Error(`signing in as ${identifier} answered ${status}`);
  return body.access_token;
}

/** Every row of a listing, page after page, as the links lead. */
export async function everyRow(url: string, path: string, bearer: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (let next: string | null = path; next !== null;) {
    const { body }: HubReply<HubPage> = await askHub<HubPage>(url, next, bearer);
    rows.push(...body.results);
    next = body.next;
  }
  return rows;
}
