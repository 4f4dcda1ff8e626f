/** RFC 7009 section 2.1, as the API's description shows it; `formText` reads it. */
export class RevocationDto {
  token: string;

  token_type_hint?: string;
}

/** RFC 7662 section 2.1, with the client authentication of RFC 7523 section 2.2. */
export class IntrospectionDto extends RevocationDto {
  client_assertion_type: string;

  client_assertion: string;
}
