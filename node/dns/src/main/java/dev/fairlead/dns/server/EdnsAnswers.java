// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.message.EdnsOption;
import dev.fairlead.dns.message.Query;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which options of EDNS an answer has: none to who used none. */
final class EdnsAnswers {
    private static final int BLOCK = 468; // RFC 8467 §4.1

    private final Cookies cookies;
    private final Duration patience;

    /**
     * Options of answers.
     *
     * @param patience with silent connections
     */
    EdnsAnswers(Cookies cookies, Duration patience) {
        this.cookies = cookies;
        this.patience = patience;
    }

    /** All but padding, which depends on the answer. */
    List<EdnsOption> options(Query query, InetAddress from, Transport transport) {
        if (query.edns() == null || query.edns().options().isEmpty()) {
            return List.of();
        }
        List<EdnsOption> options = new ArrayList<>();
        find(query, EdnsOption.COOKIE)
                .ifPresent(shown -> options.add(new EdnsOption(EdnsOption.COOKIE, cookies.answer(shown.data(), from))));
        if (transport.connected() && find(query, EdnsOption.KEEPALIVE).isPresent()) {
            int tenths = (int) Math.min(patience.toMillis() / 100, 0xffff);
            byte[] data = ByteBuffer.allocate(2).putShort((short) tenths).array();
            options.add(new EdnsOption(EdnsOption.KEEPALIVE, data));
        }
        return options;
    }

    /** The answer with its options; what goes encrypted to who pads its queries is padded. */
    byte[] complete(byte[] answer, List<EdnsOption> options, Query query, Transport transport) {
        byte[] with = EdnsOption.added(answer, options);
        if (!transport.encrypted() || find(query, EdnsOption.PADDING).isEmpty()) {
            return with;
        }
        List<EdnsOption> padded = new ArrayList<>(options);
        padded.add(EdnsOption.padding(with.length, BLOCK));
        return EdnsOption.added(answer, padded);
    }

    /** Whether a cookie of ours shows that the asker is where it says. */
    boolean knows(Query query, InetAddress from) {
        return find(query, EdnsOption.COOKIE)
                .filter(cookie -> cookies.knows(cookie.data(), from))
                .isPresent();
    }

    private static Optional<EdnsOption> find(Query query, int code) {
        return query.edns() == null
                ? Optional.empty()
                : query.edns().options().stream()
                        .filter(option -> option.code() == code)
                        .findFirst();
    }
}
