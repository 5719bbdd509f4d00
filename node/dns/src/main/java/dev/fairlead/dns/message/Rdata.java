// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;

/** What a record says. */
public sealed interface Rdata {
    /** The record type's number. */
    int type();

    /** An address: A or AAAA by its family. */
    record Address(IpAddress address) implements Rdata {
        @Override
        public int type() {
            return address.family() == IpFamily.IPV4 ? RecordType.A : RecordType.AAAA;
        }
    }

    /** Another name that this one stands for. */
    record Cname(DnsName target) implements Rdata {
        @Override
        public int type() {
            return RecordType.CNAME;
        }
    }

    /** The name of an address. */
    record Ptr(DnsName target) implements Rdata {
        @Override
        public int type() {
            return RecordType.PTR;
        }
    }

    /** A server of the zone. */
    record Ns(DnsName target) implements Rdata {
        @Override
        public int type() {
            return RecordType.NS;
        }
    }

    /** Where a service is found; priority and weight 0 to 65535 (RFC 2782). */
    record Srv(int priority, int weight, int port, DnsName target) implements Rdata {
        @Override
        public int type() {
            return RecordType.SRV;
        }
    }

    /** A text of at most 255 octets. */
    record Txt(String text) implements Rdata {
        @Override
        public int type() {
            return RecordType.TXT;
        }
    }

    /** The zone's head; times in seconds. */
    record Soa(DnsName server, DnsName mailbox, long serial, int refresh, int retry, int expire, int minimum)
            implements Rdata {
        @Override
        public int type() {
            return RecordType.SOA;
        }
    }
}
