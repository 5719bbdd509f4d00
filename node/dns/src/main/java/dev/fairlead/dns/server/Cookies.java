// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.wire.time.Time;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;

/**
 * Cookies as RFC 9018 has them. How this works: to the 8 octets that an asker chose we add a version, the time, and a hash
 * of all of it and the asker's address under a secret. Who shows such a cookie again has heard us before, so it is where
 * it says; and who hears its own 8 octets again knows that the answer is no forgery.
 */
final class Cookies {
    private static final int CLIENT = 8;
    private static final int SERVER = 16;
    private static final long OLDEST = Duration.ofHours(1).toSeconds();
    private static final long EARLIEST = Duration.ofMinutes(5).toSeconds();
    private static final long RENEWED = Duration.ofMinutes(30).toSeconds();

    private final byte[] secret;
    private final Time time;

    /**
     * Cookies under {@code secret}, 16 octets that nobody else knows.
     *
     * @param time of the making of cookies
     */
    Cookies(byte[] secret, Time time) {
        this.secret = secret.clone();
        this.time = time;
    }

    /** Whether {@code cookie} was given by us to this address within the last hour. */
    boolean knows(byte[] cookie, InetAddress from) {
        return cookie.length == CLIENT + SERVER && age(cookie) <= OLDEST && matches(cookie, from);
    }

    /** The cookie to answer with: the one shown while it is good and young, else a new one. */
    byte[] answer(byte[] cookie, InetAddress from) {
        return knows(cookie, from) && age(cookie) < RENEWED
                ? cookie
                : made(cookie, from, (int) time.now().getEpochSecond());
    }

    /** In seconds; of one from the future more than any. */
    private long age(byte[] cookie) {
        int age = (int) time.now().getEpochSecond() - ByteBuffer.wrap(cookie).getInt(CLIENT + 4); // RFC 1982
        return age < -EARLIEST ? Long.MAX_VALUE : age;
    }

    private boolean matches(byte[] cookie, InetAddress from) {
        return Arrays.equals(cookie, made(cookie, from, ByteBuffer.wrap(cookie).getInt(CLIENT + 4)));
    }

    private byte[] made(byte[] client, InetAddress from, int seconds) {
        byte[] address = from.getAddress();
        ByteBuffer bytes = ByteBuffer.allocate(CLIENT + SERVER);
        bytes.put(client, 0, CLIENT).put((byte) 1).put(new byte[3]).putInt(seconds);
        byte[] hashed = ByteBuffer.allocate(bytes.position() + address.length)
                .put(bytes.array(), 0, bytes.position())
                .put(address)
                .array();
        return bytes.order(ByteOrder.LITTLE_ENDIAN)
                .putLong(SipHash.of(secret, hashed))
                .array();
    }
}
