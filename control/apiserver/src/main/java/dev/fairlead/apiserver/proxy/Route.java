// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

/**
 * The two halves of a proxied request's target, as they were written.
 *
 * @param prefix the path up to and with {@code proxy}
 * @param rest the path that the pod or node sees; empty or with a leading slash
 * @param query with its question mark; empty when there is none
 */
record Route(String prefix, String rest, String query) {
    /** The words of the prefix: api, v1, namespaces, the namespace, the kind, the name, proxy. */
    private static final int WORDS = 7;

    /** A node's have no namespace. */
    private static final int WORDS_OF_NODE = 5;

    /** @param namespaced whether it leads to something in a namespace */
    static Route of(String target, boolean namespaced) {
        int wanted = namespaced ? WORDS : WORDS_OF_NODE;
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        int at = 0;
        for (int words = 0; words < wanted; words++) {
            while (at < path.length() && path.charAt(at) == '/') {
                at++;
            }
            int end = path.indexOf('/', at);
            at = end < 0 ? path.length() : end;
        }
        return new Route(path.substring(0, at), path.substring(at), question < 0 ? "" : target.substring(question));
    }

    /** The whole target, the path being a folder. */
    String withSlash() {
        return prefix + "/" + query;
    }

    /** What the pod is asked for. */
    String forPod() {
        return (rest.isEmpty() ? "/" : rest) + query;
    }

    /** A path of the pod's as a path of the API server's. */
    String back(String path) {
        return prefix + path;
    }
}
