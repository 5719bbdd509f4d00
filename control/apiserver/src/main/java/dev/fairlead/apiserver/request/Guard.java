// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import dev.fairlead.apiserver.answer.Refusal;
import java.util.Map;

/** Looks at what somebody is about to write who may write such an object. */
@FunctionalInterface
public interface Guard {
    /**
     * Looks at an object that is about to be stored.
     *
     * @param old what it replaces; empty when it is new
     * @throws Refusal 403 when its author may not write that, 404 when it refers to what is not there
     */
    void check(Call call, Map<String, Object> object, Map<String, Object> old);

    /** Both, this one first. */
    default Guard and(Guard next) {
        return (call, object, old) -> {
            check(call, object, old);
            next.check(call, object, old);
        };
    }
}
