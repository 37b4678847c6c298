import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Schema = Readonly<Record<string, unknown>>;
interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
  readonly $ref?: string;
}
export interface OpenApi {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>
  >;
  readonly components: Readonly<Record<string, unknown>>;
}

/**
 * Holds answers against the description of the API: the route, its status, its media type and every field. A field that the
 * description does not have is a mistake too, because a client that is generated from it would not know of it.
 */
export class DescribedAnswers {
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(private readonly document: OpenApi) {
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(closed({ ...document }), 'api');
  }

  /** What is wrong with the answer, in sentences; none where it is as described. */
  mistakesIn(method: string, path: string, status: number, mediaType: string, body: unknown): string[] {
    const template = this.templateOf(path);
    if (template === null) return status === 404 ? [] : [`${path} is not described`];
    const operation = this.document.paths[template]?.[method.toLowerCase()];
    if (operation === undefined) return [`${method} ${template} is not described`];
    const answer = operation.responses[String(status)];
    if (answer === undefined) return [`${method} ${template} does not say that it answers ${status}`];
    if (answer.content === undefined) return [];
    const type = mediaType.split(';')[0]?.trim() ?? '';
    if (answer.content[type] === undefined)
      return [`${method} ${template} ${status} does not say that it answers ${type}`];
    if (!type.endsWith('json')) return [];
    const pointer = ['paths', template, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
    const validate = this.#validatorAt(pointer);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${method} ${template} ${status}: ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  /** The path of the description that a path of a request belongs to; null: none. */
  templateOf(path: string): string | null {
    const parts = path.split('/');
    const fits = Object.keys(this.document.paths).filter((template) => {
      const wanted = template.split('/');
      return wanted.length === parts.length && wanted.every((part, at) => part.startsWith('{') || part === parts[at]);
    });
    return fits.toSorted((one, other) => one.split('{').length - other.split('{').length)[0] ?? null;
  }

  #validatorAt(pointer: readonly string[]): ValidateFunction {
    const reference = `api#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const known = this.#validators.get(reference);
    if (known !== undefined) return known;
    const validate = this.#ajv.compile({ $ref: reference });
    this.#validators.set(reference, validate);
    return validate;
  }
}

/** Every object with named fields refuses others, unless it says that it has more. */
function closed(schema: Schema): Schema {
  const copy = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closedPart(part)]));
  if (copy['type'] === 'object' && copy['properties'] !== undefined && copy['additionalProperties'] === undefined) {
    return { ...copy, unevaluatedProperties: false };
  }
  return copy;
}

function closedPart(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closedPart);
  return typeof part === 'object' && part !== null ? closed({ ...part }) : part;
}
