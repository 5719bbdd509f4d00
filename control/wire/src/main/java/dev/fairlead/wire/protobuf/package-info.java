/**
 * Kubernetes' protobuf → value tree, reading only: kubectl 1.32 sends it for {@code create service}, {@code create
 * deployment} and others and does not fall back to JSON. Start at {@link dev.fairlead.wire.protobuf.Protobuf}. Field
 * numbers are the schema's; nothing is generated per message. Answers are always JSON, which every client takes.
 */
package dev.fairlead.wire.protobuf;
