/**
 * JSON ⇄ value tree, and encoded objects joined without decoding them. Start at {@link dev.fairlead.wire.json.Json};
 * {@link dev.fairlead.wire.json.Encoded} is what a server that keeps objects as bytes needs. RFC 8259; nothing lenient:
 * no comments, no trailing commas, no single quotes.
 */
package dev.fairlead.wire.json;
