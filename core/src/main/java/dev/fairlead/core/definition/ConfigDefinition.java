// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The rules of ConfigMaps and Secrets.
 *
 * @param secret which of the two; a Secret has a type, and {@code stringData} that is only ever written
 */
record ConfigDefinition(boolean secret) implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.NONE, false, true);
    private static final int MOST_BYTES = 1024 * 1024;

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        if (secret) {
            draft.fillText("type", "Opaque");
            draft.view()
                    .textMap("stringData")
                    .forEach((key, text) -> draft.child("data")
                            .set(key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
            draft.remove("stringData");
        }
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree tree = new Tree(object);
        return new Errors()
                .addAll(MetaValidation.create(tree, TRAITS.name()))
                .addAll(data(tree))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree tree = new Tree(object);
        Tree before = new Tree(old);
        Errors errors = new Errors().addAll(MetaValidation.update(tree, before)).addAll(data(tree));
        if (secret && !tree.text("type", "").equals(before.text("type", ""))) {
            errors.invalid("type", tree.value("type"), "field is immutable");
        }
        if (before.truth("immutable", false)) {
            String why = "field is immutable when `immutable` is set";
            if (!tree.truth("immutable", false)) {
                errors.forbidden("immutable", why);
            }
            for (String field : List.of("data", "binaryData")) {
                if (!Objects.equals(tree.value(field), before.value(field))) {
                    errors.forbidden(field, why);
                }
            }
        }
        return errors.list();
    }

    private List<Invalid> data(Tree tree) {
        Errors errors = new Errors();
        long bytes = 0;
        for (String field : List.of("data", "binaryData")) {
            for (Map.Entry<String, String> entry : tree.textMap(field).entrySet()) {
                String key = entry.getKey();
                errors.invalid(field + "[" + key + "]", key, Names.configKey(key));
                boolean encoded = secret || field.equals("binaryData");
                int length = entry.getValue().getBytes(StandardCharsets.UTF_8).length;
                bytes += encoded ? length / 4L * 3 : length;
                if (field.equals("binaryData") && tree.textMap("data").containsKey(key)) {
                    errors.invalid("data[" + key + "]", key, "duplicate of key present in binaryData");
                }
            }
        }
        if (bytes > MOST_BYTES) {
            errors.tooLong(secret ? "data" : "", MOST_BYTES);
        }
        return secret ? errors.addAll(SecretRules.check(tree)).list() : errors.list();
    }
}
