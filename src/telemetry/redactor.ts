const instead = '[redacted]';

/** Anything shorter stands in too many harmless words. */
const shortest = 6;

/** What credentials look like, whoever issued them. None of them reaches over the end of a JSON string. */
const looks: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${instead}`],
  [/(:\/\/)[^\s/@"\\]+@/g, `$1${instead}@`],
  [/\bdckr_[a-z]+_[\w-]{6,}/g, instead],
  [/\bhw_[\w-]{16,}/g, instead],
  [/\b(hooks\.slack(?:-gov)?\.com)\/[^\s"\\]+/g, `$1/${instead}`],
  [/\bxox[a-z]-[\w-]{8,}/g, instead],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, instead],
  // An id of a token is none.
  [
    /("[^"\\]*(?:password|passwd|secret|authorization|cookie|api_?-?key|private_?-?key|token)")\s*:\s*"(?![\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}")(?:[^"\\]|\\.)*"/gi,
    `$1:"${instead}"`,
  ],
];

/**
 * The second net under what is logged: code does not log secrets, and if some does, they don't get out. Takes out the secrets
 * that the process knows and whatever looks like one.
 */
export class Redactor {
  readonly #known = new Set<string>();
  #pattern: RegExp | null = null;

  /** From now on none of these gets through; those of before stay known, because old work may still hold them. */
  know(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      if (secret.length < shortest) continue;
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
        this.#known.add(form);
    }
    if (this.#known.size === 0) return;
    // The longest first: of a URL and the password in it, the URL.
    const alternatives = [...this.#known].toSorted((one, other) => other.length - one.length).map(literally);
    this.#pattern = new RegExp(alternatives.join('|'), 'g');
  }

  /** JSON stays JSON. */
  redact(text: string): string {
    let clean = this.#pattern === null ? text : text.replaceAll(this.#pattern, instead);
    for (const [look, replacement] of looks) clean = clean.replaceAll(look, replacement);
    return clean;
  }
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}
