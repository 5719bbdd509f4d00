// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Base64;
import java.util.List;
import java.util.Map;

/** What a Secret of one of Kubernetes' own types must hold. */
final class SecretRules {
    private static final String ACCOUNT = "kubernetes.io/service-account.name";

    private SecretRules() {}

    /** What is missing or wrong in a Secret, by its type; others hold what they like. */
    static List<Invalid> check(Tree secret) {
        Errors errors = new Errors();
        Map<String, String> data = secret.textMap("data");
        switch (secret.text("type", "")) {
            case "kubernetes.io/service-account-token" -> {
                if (secret.tree("metadata")
                        .textMap("annotations")
                        .getOrDefault(ACCOUNT, "")
                        .isEmpty()) {
                    errors.required("metadata.annotations[" + ACCOUNT + "]", "");
                }
            }
            case "kubernetes.io/dockercfg" -> json(data, ".dockercfg", errors);
            case "kubernetes.io/dockerconfigjson" -> json(data, ".dockerconfigjson", errors);
            case "kubernetes.io/basic-auth" -> {
                if (!data.containsKey("username") && !data.containsKey("password")) { // one is enough
                    needed(data, "username", errors);
                    needed(data, "password", errors);
                }
            }
            case "kubernetes.io/ssh-auth" -> {
                if (data.getOrDefault("ssh-privatekey", "").isEmpty()) {
                    errors.required("data[ssh-privatekey]", "");
                }
            }
            case "kubernetes.io/tls" -> {
                needed(data, "tls.crt", errors);
                needed(data, "tls.key", errors);
            }
            default -> {}
        }
        return errors.list();
    }

    private static void needed(Map<String, String> data, String key, Errors errors) {
        if (!data.containsKey(key)) {
            errors.required("data[" + key + "]", "");
        }
    }

    /** Credentials for registries of images are a JSON object; what is wrong in it is told without telling what is in it. */
    private static void json(Map<String, String> data, String key, Errors errors) {
        needed(data, key, errors);
        if (data.containsKey(key)) {
            errors.invalid("data[" + key + "]", "<secret contents redacted>", JsonText.notAnObject(bytes(data, key)));
        }
    }

    private static byte[] bytes(Map<String, String> data, String key) {
        try {
            return Base64.getMimeDecoder().decode(data.getOrDefault(key, ""));
        } catch (IllegalArgumentException notEncoded) {
            return new byte[0]; // refused where bytes became a tree
        }
    }
}
