import 'reflect-metadata';
import { applyDecorators, SetMetadata, type CustomDecorator } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiResponse } from '@nestjs/swagger';

/** What a route requires. Every route has exactly one; a route with none stops the boot (law 2). */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'signed_in'; readonly scope?: string }
  | { readonly kind: 'grant_token' }
  | { readonly kind: 'operation'; readonly operation: string };

const ACCESS_METADATA = 'concordat:access';

/** The names of the two kinds of bearer in the OpenAPI document. */
export const BEARER_SCHEME = 'bearer';
export const GRANT_SCHEME = 'grant';

/** What the handler of a route declares; Nest copies a method's metadata to the router's handler. */
export function declaredAccess(handler: object): RouteAccess | undefined {
  return Reflect.getMetadata(ACCESS_METADATA, handler) as RouteAccess | undefined;
}

const declare = (declaration: RouteAccess): CustomDecorator =>
  SetMetadata(ACCESS_METADATA, declaration);

const problem = (status: number, description: string): MethodDecorator & ClassDecorator =>
  ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });

/** Anyone may call it. */
export function Public(): MethodDecorator {
  return declare({ kind: 'public' });
}

/**
 * Any registered person may call it: it shows or does nothing but their own.
 * @param scope the operation that a personal token must be good for; without one no personal token opens it.
 */
export function SignedIn(scope?: string): MethodDecorator {
  return applyDecorators(
    declare({ kind: 'signed_in', ...(scope === undefined ? {} : { scope }) }),
    ApiBearerAuth(BEARER_SCHEME),
    problem(401, 'Not signed in'),
  );
}

/** Whoever holds the grant's token may call it: the delivery service verifies it and the grant's row. */
export function WithGrantToken(): MethodDecorator {
  return applyDecorators(
    declare({ kind: 'grant_token' }),
    ApiBearerAuth(GRANT_SCHEME),
    problem(401, 'No live grant token'),
    problem(404, 'Absent, or not of this token'),
  );
}

/** Only roles that `policies/roles.csv` gives this operation may call it; the service judges the resource. */
export function Access(operation: string): MethodDecorator {
  return applyDecorators(
    declare({ kind: 'operation', operation }),
    ApiBearerAuth(BEARER_SCHEME),
    ApiExtension('x-concordat-operation', operation),
    problem(401, 'Not signed in'),
    problem(403, 'The operation is not allowed'),
    problem(404, 'Absent, or not yours to see'),
    problem(422, 'Invalid input: each error names a field and the reason'),
  );
}
