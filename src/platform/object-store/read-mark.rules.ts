/**
 * The query parameter in which a read says why it was made. Stores do nothing with names that begin with `x-`, and write
 * them into their access logs with the rest of the request-URI.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html "Custom access log information"
 */
export const READ_MARK = 'x-concordat-read';
