// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.access.rbac.DefaultRoles;
import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.apiserver.write.Identity;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the roles and bindings that every cluster begins with, in one commit, and completes them at each start: what
 * somebody took away from one comes back, unless its annotation {@code rbac.authorization.kubernetes.io/autoupdate} is
 * {@code false}. What somebody added stays.
 */
record DefaultPolicy(Store store, Kinds kinds, Identity identity) {
    private static final int RACES = 16;

    void ensure() {
        for (int races = 0; races < RACES; races++) {
            List<Write> writes = new ArrayList<>();
            DefaultRoles.all().forEach(wanted -> write(wanted, writes));
            try {
                if (!writes.isEmpty()) {
                    store.commit(writes);
                }
                return;
            } catch (ConflictException another) {
                // another server over the same store begins, too
            }
        }
        throw new IllegalStateException("the default roles could not be written: others change them all the time");
    }

    private void write(DefaultRoles.Wanted wanted, List<Write> writes) {
        Resource kind = kinds.require("rbac.authorization.k8s.io/v1", wanted.kind());
        String key = kind.key("", wanted.name());
        Optional<Entry> found = store.get(key);
        if (found.isEmpty()) {
            Map<String, Object> object = wanted.fresh();
            identity.mark(AtRest.metadata(object));
            writes.add(Write.put(key, AtRest.bytes(kind, object), Expect.absent()));
            return;
        }
        Map<String, Object> completed = wanted.completed(AtRest.tree(kind, found.get()));
        if (completed != null) {
            Expect unchanged = Expect.revision(found.get().modRevision());
            writes.add(Write.put(key, AtRest.bytes(kind, completed), unchanged));
        }
    }
}
