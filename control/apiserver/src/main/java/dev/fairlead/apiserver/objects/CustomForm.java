// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.custom.Defaulting;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Custom objects between rest and sight: they rest in one version and are shown in the version asked for, with the defaults
 * that its schema has today. Versions differ in their {@code apiVersion} alone. Objects that are already so stay bytes.
 */
final class CustomForm {
    private final Resource resource;
    private final CustomKind kind;
    private final byte[] beginning;

    CustomForm(Resource resource, CustomKind kind) {
        this.resource = resource;
        this.kind = kind;
        this.beginning = ("{\"kind\":\"" + resource.kind() + "\",\"apiVersion\":\"" + resource.apiVersion() + "\",")
                .getBytes(StandardCharsets.UTF_8);
    }

    byte[] shown(byte[] object) {
        boolean asAsked = object.length > beginning.length
                && Arrays.equals(object, 0, beginning.length, beginning, 0, beginning.length);
        return asAsked && !kind.schema().hasDefaults()
                ? object
                : Json.write(shown(resource, kind, Json.object(object)));
    }

    static Map<String, Object> shown(Resource resource, CustomKind kind, Map<String, Object> object) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("kind", resource.kind());
        shown.put("apiVersion", resource.apiVersion());
        Defaulting.apply(kind.schema(), object).forEach(shown::putIfAbsent);
        return shown;
    }
}
