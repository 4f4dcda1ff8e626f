import { createPublicKey } from 'node:crypto';

/** True for coordinates of a point of P-256, each in its one base64url form: another text would give another thumbprint. */
export function isPublicKey(x: string, y: string): boolean {
  try {
    const format = 'jwk';
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format });
    const exported = key.export({ format });
    return exported.x === x && exported.y === y;
  } catch {
    // OpenSSL takes no point that is not on the curve.
    return false;
  }
}
