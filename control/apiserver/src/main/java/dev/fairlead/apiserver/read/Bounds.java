// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import dev.fairlead.apiserver.request.Selection;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Resource;

/**
 * Which keys a list or watch can be about.
 *
 * @param prefix of all of them
 * @param from the first possible one
 * @param to the first one too far; empty for no end
 */
record Bounds(String prefix, String from, String to) {
    /** As narrow as path and selectors allow: one name is one key. */
    static Bounds of(Target target, Selection selection) {
        Resource resource = target.resource();
        String prefix = resource.prefix(target.namespace());
        String name = target.one() ? target.name() : selection.name();
        boolean exact = !name.isEmpty()
                && (!resource.namespaced() || !target.namespace().isEmpty());
        return exact
                ? new Bounds(prefix, prefix + name, prefix + name + '\0')
                : new Bounds(prefix, prefix, Store.endOfPrefix(prefix));
    }
}
