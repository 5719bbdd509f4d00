// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

/**
 * One record of class IN.
 *
 * @param ttl how long it may be cached, in seconds
 */
public record ResourceRecord(DnsName name, int ttl, Rdata data) {
    /** The record type's number. */
    public int type() {
        return data.type();
    }
}
