// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import java.util.List;

/**
 * What is answered to one question, before it becomes bytes.
 *
 * @param authoritative whether the AA bit is set
 */
public record Answer(
        Rcode rcode,
        boolean authoritative,
        List<ResourceRecord> answers,
        List<ResourceRecord> authority,
        List<ResourceRecord> additional) {
    /** An answer that carries a code and nothing else. */
    public static Answer of(Rcode rcode) {
        return new Answer(rcode, false, List.of(), List.of(), List.of());
    }
}
