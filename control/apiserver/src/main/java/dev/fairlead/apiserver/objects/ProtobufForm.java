// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Encoded.Item;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.protobuf.WireWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Objects in Kubernetes' protobuf, which Go's controllers ask for; watch events with their length before them.
 *
 * @param shown makes of an object at rest the one that is asked for
 * @param metadata the version of {@code meta.k8s.io} when only metadata is asked for; empty for whole objects
 */
record ProtobufForm(Protobuf protobuf, Resource resource, UnaryOperator<byte[]> shown, String metadata)
        implements Form {
    @Override
    public String mediaType() {
        return Protobuf.MEDIA_TYPE;
    }

    private boolean whole() {
        return metadata.isEmpty();
    }

    private Map<String, Object> tree(byte[] object, long revision) {
        if (!whole()) {
            return Rows.partial(object, revision, metadata);
        }
        Map<String, Object> tree = Json.object(shown.apply(object));
        AtRest.metadata(tree).put("resourceVersion", Long.toString(revision));
        return tree;
    }

    private byte[] encoded(Map<String, Object> tree) {
        return whole()
                ? Objects.requireNonNull(protobuf.write(tree), "only kinds with protobuf come here")
                : protobuf.writeMetadata("meta.k8s.io/" + metadata, tree);
    }

    @Override
    public byte[] one(byte[] object, long revision) {
        return encoded(tree(object, revision));
    }

    @Override
    public byte[] list(Map<String, Object> listMetadata, List<Item> items) {
        List<WireWriter> encoded = items.stream()
                .map(item -> {
                    Map<String, Object> tree = tree(item.object(), item.revision());
                    return whole() ? protobuf.item(resource, tree) : protobuf.metadata(tree);
                })
                .toList();
        return whole()
                ? protobuf.list(resource.apiVersion(), resource.listKind(), listMetadata, encoded)
                : protobuf.list("meta.k8s.io/" + metadata, "PartialObjectMetadataList", listMetadata, encoded);
    }

    @Override
    public byte[] watched(byte[] object, long revision) {
        return one(object, revision);
    }

    @Override
    public byte[] bookmark(Map<String, Object> about) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", resource.apiVersion());
        tree.put("kind", resource.kind());
        tree.put("metadata", about);
        return encoded(tree);
    }

    @Override
    public byte[] event(String type, byte[] object) {
        return Protobuf.event(type, object);
    }

    @Override
    public byte[] status(Map<String, Object> status) {
        return Objects.requireNonNull(protobuf.write(status), "a Status has protobuf");
    }

    @Override
    public @Nullable String shared() {
        return "protobuf " + resource.apiVersion() + " " + metadata;
    }
}
