// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import java.time.Duration;

/**
 * One instruction of a rule. Instructions hand values to each other in sixteen registers of 4 bytes, 0 to 15; longer values
 * take several in a row. Registers are forgotten at the end of a rule.
 */
public sealed interface Expression {
    /** Loads bytes of the packet. */
    record Payload(Base base, int offset, int length, int into) implements Expression {
        /** Where offsets count from (NFT_PAYLOAD_*). */
        public enum Base implements Numbered {
            LINK(0),
            NETWORK(1),
            TRANSPORT(2);

            private final int number;

            Base(int number) {
                this.number = number;
            }

            @Override
            public int number() {
                return number;
            }
        }
    }

    /** Loads what the kernel knows beside the packet. */
    record LoadMeta(Meta key, int into) implements Expression {}

    /** Stores into the packet's companion: only {@link Meta#MARK} here. */
    record StoreMeta(Meta key, int from) implements Expression {}

    /** Facts beside the packet (NFT_META_*). */
    enum Meta implements Numbered {
        MARK(3),
        INPUT_LINK(4),
        OUTPUT_LINK(5),
        /** 16 bytes, zeros after the name. */
        INPUT_LINK_NAME(6),
        FAMILY(15),
        PROTOCOL(16);

        private final int number;

        Meta(int number) {
            this.number = number;
        }

        @Override
        public int number() {
            return number;
        }
    }

    /** Loads a fact of the packet's connection; brings connection tracking with it. */
    record LoadConnection(Connection key, int into) implements Expression {}

    /** Stores into the packet's connection: only {@link Connection#MARK} here. */
    record StoreConnection(Connection key, int from) implements Expression {}

    /** Facts of a connection (NFT_CT_*). */
    enum Connection implements Numbered {
        STATE(0),
        DIRECTION(1),
        STATUS(2),
        MARK(3),
        /** The port that the connection's first packet was for, whatever it was translated to. */
        ASKED_PORT(12),
        /** The IPv4 address that the connection's first packet was for. */
        ASKED_IPV4(20),
        /** The IPv6 address that the connection's first packet was for. */
        ASKED_IPV6(22);

        private final int number;

        Connection(int number) {
            this.number = number;
        }

        /** Whether the kernel has to be told of which direction: of the first packet's. */
        boolean directed() {
            return this == ASKED_PORT || this == ASKED_IPV4 || this == ASKED_IPV6;
        }

        @Override
        public int number() {
            return number;
        }
    }

    /** Goes on if the set has the key that starts in a register. */
    record IsIn(String set, int from) implements Expression {}

    /** Goes on if the set does not have the key. */
    record IsNotIn(String set, int from) implements Expression {}

    /** Loads what the map has for the key, or ends the rule. */
    record Look(String map, int from, int into) implements Expression {}

    /** Follows the verdict the map has for the key, or ends the rule. */
    record Follow(String map, int from) implements Expression {}

    /** Goes on if the register's bytes are equal, or are not. */
    record Compare(int from, boolean equal, Bytes bytes) implements Expression {}

    /** {@code into = (from & mask) ^ flip}; both as long as the value. */
    record Bits(int from, int into, Bytes mask, Bytes flip) implements Expression {}

    /** Loads constant bytes. */
    record Load(int into, Bytes bytes) implements Expression {}

    /** Ends the rule with a verdict. */
    record Decide(Verdict verdict) implements Expression {}

    /** Loads a random number, 0 to below the modulus, in the machine's order. */
    record RandomNumber(int into, int modulus) implements Expression {}

    /** Sends the connection to another address and port. */
    record DestinationNat(Family family, int address, int port) implements Expression {}

    /**
     * Gives the connection the address of the link it leaves by.
     *
     * @param fullyRandom whether its port is chosen at random rather than kept
     */
    record Masquerade(boolean fullyRandom) implements Expression {}

    /** Refuses: a TCP reset, or ICMP port unreachable of the packet's family. */
    record Reject(boolean reset) implements Expression {}

    /**
     * Changes a set that rules fill; ends the rule when the set is full.
     *
     * @param data register of the data, -1 for none
     * @param timeout how long the element stays; zero for the set's own
     * @param counted whether a counter of its own counts the packets that come here with its key
     */
    record UpdateSet(String set, Change change, int key, int data, Duration timeout, boolean counted)
            implements Expression {
        /** How (NFT_DYNSET_OP_*). */
        public enum Change implements Numbered {
            /** Puts what is not there. */
            ADD(0),
            /** Puts what is not there, renews the time of what is; never changes its data. */
            UPDATE(1),
            DELETE(2);

            private final int number;

            Change(int number) {
                this.number = number;
            }

            @Override
            public int number() {
                return number;
            }
        }
    }

    /** Loads a property of the local socket that the packet belongs to, or ends the rule when there is none. */
    record LoadSocket(Socket key, int into) implements Expression {}

    /** Properties of a socket (NFT_SOCKET_*). */
    enum Socket implements Numbered {
        TRANSPARENT(0),
        WILDCARD(2);

        private final int number;

        Socket(int number) {
            this.number = number;
        }

        @Override
        public int number() {
            return number;
        }
    }

    /**
     * Gives the packet to a local socket that listens on the port in a register.
     *
     * @param address the register of the address it listens at, or {@link #NONE} for the packet's own
     */
    record TransparentProxy(Family family, int address, int port) implements Expression {
        /** No register. */
        public static final int NONE = -1;
    }

    /** Loads whether a route leads to the packet's destination: one byte, 1 or 0 (NFT_FIB_F_PRESENT). */
    record LoadReachable(int into) implements Expression {}

    /** Counts by a counter that the table has by name: {@link Transaction#addCounter}. */
    record CountBy(String counter) implements Expression {}

    /** Counts packets and bytes. */
    record Counter(long packets, long bytes) implements Expression {}
}
