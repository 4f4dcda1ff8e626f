import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Config } from '../../config/config.js';
import { BEARER_SCHEME, GRANT_SCHEME } from './access.js';
import { schemasOfDtos } from './dto-schemas.js';
import { surfaceOf } from './surface.js';

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem document; some codes add members of their own',
  required: ['type', 'title', 'status', 'detail', 'traceId'],
  properties: {
    type: { type: 'string', pattern: '^urn:concordat:problem:[a-z0-9_]+$' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'What to do next' },
    traceId: { type: 'string', pattern: '^[0-9a-f]{32}$' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'reason'],
        properties: {
          pointer: { type: 'string', description: 'RFC 6901 pointer, or a parameter name' },
          reason: { type: 'string' },
        },
      },
    },
  },
} as const;

/** The OpenAPI 3.1 document of this process, made once from the controllers when it is first asked for. */
@Injectable()
export class OpenApi {
  private make: (() => OpenAPIObject) | undefined;
  private made: OpenAPIObject | undefined;

  /** Called once by `configureApp`: only the application knows all its controllers. */
  describe(app: INestApplication, config: Config): void {
    this.make = () => createDocument(app, config);
  }

  document(): OpenAPIObject {
    if (this.make === undefined) {
      throw new Error('OpenApi.describe was not called');
    }
    this.made ??= this.make();
    return this.made;
  }
}

function bearer(description: string) {
  return { type: 'http', scheme: 'bearer', bearerFormat: 'at+jwt', description } as const;
}

function createDocument(app: INestApplication, config: Config): OpenAPIObject {
  const header = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Concordat')
    .setDescription('A privacy-preserving, secure data-sharing broker for a city.')
    .setVersion('1')
    .addServer(config.publicUrl)
    .addBearerAuth(
      bearer('An access token of the OpenID provider, or a personal token'),
      BEARER_SCHEME,
    )
    .addBearerAuth(bearer('The token of one grant, from POST /api/v1/grants'), GRANT_SCHEME)
    .build();
  const document = SwaggerModule.createDocument(app, header, {
    operationIdFactory: (controller, method) => `${controller}.${method}`,
  });
  const paths = Object.entries(document.paths).filter(([path]) => surfaceOf(path) === 'machine');
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: {
      ...document.components,
      schemas: schemasOfDtos({ ...document.components?.schemas }, PROBLEM_SCHEMA),
    },
  };
}
