// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

/**
 * The two halves of a proxied request's target, as they were written.
 *
 * @param prefix the path up to and with {@code proxy}
 * @param rest the path that the pod sees; empty or with a leading slash
 * @param query with its question mark; empty when there is none
 */
record Route(String prefix, String rest, String query) {
    /** The words before a Service's or pod's name: api, v1, namespaces, its namespace, the kind; and the name. */
    private static final int WORDS = 6;

    static Route of(String target) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        int at = 0;
        for (int words = 0; words <= WORDS; words++) {
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
