/**
 * The one model of every field of every kind: name, type, how lists join, protobuf number, description. Generated at build
 * time from the public Kubernetes model plus our overlay ({@code src/generator}); strict decoding, pruning, patches,
 * protobuf and OpenAPI all ask here, so nothing about a field is written twice. Start at {@link
 * dev.fairlead.wire.schema.Schema}. Everything is immutable once read.
 */
package dev.fairlead.wire.schema;
