/**
 * Kubernetes' protobuf ⇄ value tree: kubectl sends it for {@code create service} and others, controllers written in Go ask
 * for it. Start at {@link dev.fairlead.wire.protobuf.Protobuf}. Field numbers are the schema's; nothing is generated per
 * message.
 */
package dev.fairlead.wire.protobuf;
