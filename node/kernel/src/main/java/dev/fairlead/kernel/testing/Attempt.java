// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.testing;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What becomes of one question to an {@link EchoServer}, as whoever asks sees it. */
public sealed interface Attempt {
    /** How long one answer is waited for before a datagram is sent again, and silence is believed where it is expected. */
    Duration SILENCE = Duration.ofMillis(250);

    /** Somebody answered. */
    record Answered(Answer answer) implements Attempt {
        @Override
        public String toString() {
            return "answered by " + answer.server();
        }
    }

    /** The kernel said that nobody is there: a TCP reset, an ICMP error. */
    record Refused() implements Attempt {
        @Override
        public String toString() {
            return "refused";
        }
    }

    /** Nothing came back. */
    record Silence() implements Attempt {
        @Override
        public String toString() {
            return "silence";
        }
    }

    /** How a question is sent. */
    enum Transport {
        TCP,
        UDP
    }

    /**
     * Asks from a host, by a socket of the address's own family.
     *
     * @param patience how long connecting, or getting an answer to repeated datagrams, may take
     */
    static Attempt of(Host from, Transport transport, InetSocketAddress to, Duration patience) throws IOException {
        StandardProtocolFamily family =
                to.getAddress().getAddress().length == 4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try {
            return switch (transport) {
                case TCP -> connect(from.call(() -> SocketChannel.open(family)), to, patience);
                case UDP -> exchange(from.call(() -> DatagramChannel.open(family)), to, patience);
            };
        } catch (ConnectException | NoRouteToHostException | PortUnreachableException refused) {
            return new Refused();
        } catch (SocketTimeoutException silence) {
            return new Silence();
        } catch (IOException e) {
            if (isDropped(e)) {
                return new Silence();
            }
            throw e;
        }
    }

    /** EPERM: the kernel tells a process that it dropped its packet before it left the host. */
    private static boolean isDropped(IOException e) {
        return String.valueOf(e.getMessage()).contains("not permitted");
    }

    private static Attempt connect(SocketChannel channel, InetSocketAddress to, Duration patience) throws IOException {
        try (channel) {
            channel.socket().setSoTimeout((int) Host.PATIENCE.toMillis());
            channel.socket().connect(to, (int) patience.toMillis());
            return over(channel.socket());
        }
    }

    /** Asks over a connection that stands. */
    static Answered over(Socket socket) throws IOException {
        socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
        String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                .readLine();
        if (line == null) {
            throw new EOFException("the connection ended without an answer");
        }
        return new Answered(Answer.parse(line));
    }

    private static Attempt exchange(DatagramChannel channel, InetSocketAddress to, Duration patience)
            throws IOException {
        try (channel) {
            channel.socket().setSoTimeout((int) SILENCE.toMillis());
            channel.socket().connect(to);
            byte[] question = "hello".getBytes(StandardCharsets.US_ASCII);
            DatagramPacket answer = new DatagramPacket(new byte[1000], 1000);
            // the kernel tells not all at once that they are refused
            for (Duration waited = Duration.ZERO; waited.compareTo(patience) < 0; waited = waited.plus(SILENCE)) {
                send(channel, new DatagramPacket(question, question.length));
                try {
                    channel.socket().receive(answer);
                    return new Answered(Answer.parse(
                            new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII)));
                } catch (SocketTimeoutException silence) {
                    // once more
                }
            }
            return new Silence();
        }
    }

    private static void send(DatagramChannel channel, DatagramPacket question) throws IOException {
        try {
            channel.socket().send(question);
        } catch (PortUnreachableException refused) {
            throw refused;
        } catch (IOException e) {
            if (!isDropped(e)) { // if it was refused, receiving says so
                throw e;
            }
        }
    }
}
