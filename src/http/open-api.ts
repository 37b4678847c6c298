import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { FieldProblem, ProblemDetails } from './problem.js';

const description = `Whether the people and tokens that can reach your Docker Hub organizations still should, from evidence.

Every request carries \`Authorization: Bearer TOKEN\`; \`hubwarden token create\` makes one. Lists come in pages
(\`?limit=&cursor=\`, as JSON or with \`Accept: text/csv\`), mistakes as problem documents (RFC 9457). Answers have an \`ETag\`:
a GET with it in \`If-None-Match\` is answered 304, without a body, as long as nothing has changed.`;

/** The description of every route that the application has, as OpenAPI 3.1. */
function buildOpenApi(app: NestFastifyApplication, version: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Hubwarden')
    .setDescription(description)
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API token: `hw_…`.' });
  return SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [ProblemDetails, FieldProblem],
  });
}

/** The description at /api/openapi.json and a page of it at /api/docs, for everybody: both say nothing about a company. */
export function serveOpenApi(app: NestFastifyApplication, version: string): void {
  SwaggerModule.setup('api/docs', app, () => buildOpenApi(app, version), {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Hubwarden API',
    // The page would ask a server on the internet whether the description is valid.
    swaggerOptions: { validatorUrl: 'none' },
  });
}
