// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.wire.exchange.Request.User;

/** Something somebody wants to do. */
public sealed interface Act {
    /** {@code get}, {@code list}, {@code create} …, for paths the HTTP method in lower case. */
    String verb();

    /** What a refusal says that somebody cannot do. */
    String text();

    /** What {@code user} is told who may not do this: who cannot do what, and what is amiss. */
    default String refused(User user, Decision decision) {
        String why = decision.reason().isEmpty() ? "" : ": " + decision.reason();
        return "User \"" + user.name() + "\" cannot " + text() + why;
    }

    /**
     * Something to do with objects.
     *
     * @param group the API group of the kind
     * @param resource the plural, with {@code /subresource} if there is one
     * @param namespace empty for the whole cluster
     * @param name empty for all
     */
    record OnObject(String verb, String group, String resource, String namespace, String name) implements Act {
        @Override
        public String text() {
            return verb + " resource \"" + resource + "\" in API group \"" + group + "\" "
                    + (namespace.isEmpty() ? "at the cluster scope" : "in the namespace \"" + namespace + "\"");
        }
    }

    /** Something to do with a path that stands for no objects. */
    record OnPath(String verb, String path) implements Act {
        @Override
        public String text() {
            return verb + " path \"" + path + "\"";
        }
    }
}
