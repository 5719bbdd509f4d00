// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import dev.fairlead.dns.server.LoopbackSockets;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A resolver on real sockets that does what a test says, and remembers what it was asked; probes are answered apart. */
public final class ScriptedResolver implements AutoCloseable {
    /** What it answers; none at all, or several, when it misbehaves. */
    public interface Script {
        List<Message> answer(Message question, boolean tcp) throws Exception;
    }

    public final List<String> asked = new CopyOnWriteArrayList<>();
    public final AtomicInteger connections = new AtomicInteger();
    public volatile Script script;

    /** Whether it answers nothing at all, probes neither. */
    public volatile boolean dead;

    private final LoopbackSockets<DatagramChannel> sockets;
    private final List<Thread> threads;

    public ScriptedResolver(Script script) throws IOException {
        this(script, LoopbackSockets.open());
    }

    public ScriptedResolver(Script script, LoopbackSockets<DatagramChannel> sockets) {
        this.script = script;
        this.sockets = sockets;
        threads =
                List.of(Thread.ofVirtual().start(this::udp), Thread.ofVirtual().start(this::tcp));
    }

    public InetSocketAddress address() {
        return sockets.address();
    }

    private void udp() {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            while (true) {
                SocketAddress from = sockets.udp().receive(buffer.clear());
                byte[] bytes = new byte[buffer.flip().remaining()];
                buffer.get(bytes);
                Thread.ofVirtual().start(() -> {
                    try {
                        for (byte[] answer : answers(bytes, false)) {
                            sockets.udp().send(ByteBuffer.wrap(answer), from);
                        }
                    } catch (Exception end) {
                        // closed, or the script ended it
                    }
                });
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void tcp() {
        try {
            while (true) {
                Socket socket = sockets.tcp().accept().socket();
                Thread.ofVirtual().start(() -> {
                    connections.incrementAndGet();
                    try (socket) {
                        DataInputStream in = new DataInputStream(socket.getInputStream());
                        while (true) {
                            byte[] bytes = new byte[in.readUnsignedShort()];
                            in.readFully(bytes);
                            for (byte[] answer : answers(bytes, true)) {
                                socket.getOutputStream()
                                        .write(ByteBuffer.allocate(answer.length + 2)
                                                .putShort((short) answer.length)
                                                .put(answer)
                                                .array());
                            }
                        }
                    } catch (Exception end) {
                        // closed, or the script ended it
                    }
                });
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private List<byte[]> answers(byte[] bytes, boolean tcp) throws Exception {
        Message question = new Message(bytes);
        String name = question.getQuestion().getName().toString();
        List<byte[]> answers = new ArrayList<>();
        if (dead) {
            return answers;
        }
        if (name.toLowerCase(Locale.ROOT).endsWith(".invalid.")) {
            answers.add(reply(question, Rcode.NXDOMAIN).toWire());
            return answers;
        }
        asked.add(name + (tcp ? " tcp" : ""));
        for (Message answer : script.answer(question, tcp)) {
            answers.add(answer.toWire());
        }
        return answers;
    }

    /** A reply with this code and records, each as in a zone file: owner, TTL, IN, type, data. */
    public static Message reply(Message question, int rcode, String... records) throws IOException {
        Message reply = new Message(question.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setRcode(rcode);
        reply.addRecord(question.getQuestion(), Section.QUESTION);
        for (String line : records) {
            String[] words = line.split(" ", 4);
            int type = Type.value(words[2]);
            Record record = Record.fromString(
                    Name.fromString(words[0]), type, DClass.IN, Long.parseLong(words[1]), words[3], Name.root);
            reply.addRecord(record, type == Type.SOA ? Section.AUTHORITY : Section.ANSWER);
        }
        return reply;
    }

    @Override
    public void close() throws IOException {
        sockets.udp().close();
        sockets.tcp().close();
        for (Thread thread : threads) {
            try {
                thread.join(); // only then the ports are free
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
