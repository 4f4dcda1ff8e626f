/** Where a store is and how to sign for it. Of a store's own location the keys are opened as they are read. */
export interface StoreLocation {
  readonly endpoint: string;
  /** Host of presigned URLs; the endpoint when there is no other. */
  readonly publicEndpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly addressing: 'path' | 'virtual';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that a store's STS gave for a while. */
  readonly sessionToken?: string;
  /** Where the store gives such credentials, and the role whose; without it there is no `sts` mode. */
  readonly sts?: { readonly endpoint: string; readonly roleArn: string } | null | undefined;
}
