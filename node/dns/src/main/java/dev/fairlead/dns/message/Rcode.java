// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

/** Response codes (RFC 1035 §4.1.1, RFC 6891 for BADVERS). */
public enum Rcode {
    NOERROR(0),
    FORMERR(1),
    SERVFAIL(2),
    NXDOMAIN(3),
    NOTIMP(4),
    REFUSED(5),
    BADVERS(16);

    private final int number;

    Rcode(int number) {
        this.number = number;
    }

    /** The code on the wire; above 15 its upper bits go into the OPT record. */
    public int number() {
        return number;
    }
}
