// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.hooks;

import static dev.fairlead.kernel.bpf.Register.R0;
import static dev.fairlead.kernel.bpf.Register.R1;
import static dev.fairlead.kernel.bpf.Register.R10;
import static dev.fairlead.kernel.bpf.Register.R2;
import static dev.fairlead.kernel.bpf.Register.R3;
import static dev.fairlead.kernel.bpf.Register.R4;
import static dev.fairlead.kernel.bpf.Register.R6;
import static dev.fairlead.kernel.bpf.Register.R7;
import static dev.fairlead.kernel.bpf.Register.R8;
import static dev.fairlead.kernel.bpf.Register.R9;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.bpf.Assembler;
import dev.fairlead.kernel.bpf.Hook;
import dev.fairlead.kernel.bpf.Instruction.Computation;
import dev.fairlead.kernel.bpf.Instruction.Condition;
import dev.fairlead.kernel.bpf.Instruction.Width;
import dev.fairlead.kernel.bpf.KernelFunction;
import dev.fairlead.kernel.bpf.Program;
import java.util.List;

/**
 * The programs. R6 is the context, R7 what the door says, R9 what is being looked at. Whatever cannot be done leaves the
 * address as it was, and the data plane below decides.
 *
 * <pre>
 * connect   forget what the socket had; door? whose socket? refused?   affinity, else draw   remember, translate
 * sendmsg   the same, but a socket that talked to the Service goes on with the same endpoint while it is live
 * recvmsg   the sender is the endpoint of a Service that this socket asked?  then it is the Service
 * getpeername   the same, of a connected socket
 * release   forget a UDP socket
 * </pre>
 *
 * @param node the cookie of the node's network namespace
 * @param others whether sockets in other namespaces are pods' of this node; else they are left alone
 * @param refuses whether the kernel lets a program say with which error it refuses
 */
public record HookPrograms(long node, boolean others, boolean refuses) {
    static final int TCP = 6;
    static final int UDP = 17;

    // struct bpf_sock_addr
    private static final int IP4 = 4;
    private static final int IP6 = 8;
    private static final int PORT = 24;
    private static final int PROTOCOL = 36;
    private static final int SOCKET = 64;
    // struct bpf_sock
    private static final int SOCKET_PROTOCOL = 12;
    private static final int SOCKET_SOURCE4 = 24;
    private static final int SOCKET_SOURCE6 = 28;

    // the stack: a key of frontends as asked, the same for node ports, of backends, of live, of clients with its value
    private static final int ASKED = -24;
    private static final int NODE_PORT = -48;
    private static final int PLACE = -56;
    private static final int CHOSEN = -80;
    private static final int CLIENT = -96;
    private static final int CLIENT_STAYS = -128;
    private static final int NAMESPACE = -136;
    private static final int COOKIE = -144;
    private static final int DATAGRAM = -176;
    private static final int TALK = -180;
    private static final int COUNT = -192;

    // a peer, a talk
    private static final int ENDPOINT = 16;
    private static final int ASKED_PORT = 32;
    private static final int ENDPOINT_PORT = 36;

    private static final int ONLY_IF_NEW = 1; // BPF_NOEXIST
    private static final int NEW_TALK = HookMaps.TALKS;
    private static final int NANOS = 1_000_000_000;

    /** All of them, in the order to begin with: nobody is translated before whoever tells him of it is there. */
    public List<Program> all() {
        return List.of(
                release(),
                tell(false, true, Hook.RECVMSG4),
                tell(true, true, Hook.RECVMSG6),
                tell(false, false, Hook.GETPEERNAME4),
                tell(true, false, Hook.GETPEERNAME6),
                connect(false, Hook.CONNECT4),
                connect(true, Hook.CONNECT6),
                send(false, Hook.SENDMSG4),
                send(true, Hook.SENDMSG6));
    }

    private Program connect(boolean six, Hook hook) {
        Assembler code = new Assembler().set(R6, R1).store(Width.LONG, R10, COOKIE, 0);
        forget(code);
        asked(code, six);
        door(code);
        whose(code, six);
        refuse(code);
        stays(code);
        draw(code);
        stay(code);
        storage(code, "peers", true).jumpIf(R0, Condition.EQUAL, 0, "out").set(R9, R0);
        remember(code);
        count(code);
        code.load(Width.WORD, R1, R10, ASKED + 20).jumpIf(R1, Condition.NOT_EQUAL, UDP, "translate");
        rememberDatagrams(code);
        translate(code.label("translate"), six, CHOSEN, CHOSEN + 16);
        return end(code, hook);
    }

    private Program send(boolean six, Hook hook) {
        Assembler code = new Assembler().set(R6, R1);
        asked(code, six);
        door(code);
        whose(code, six);
        code.load(Width.WORD, R1, R7, 4).jumpIf(R1, Condition.EQUAL, 0, "out");
        storage(code, "talks", true).jumpIf(R0, Condition.EQUAL, 0, "out").set(R9, R0);
        code.store(Width.WORD, R10, TALK, NEW_TALK);
        scan(code, 0, ASKED_PORT, true);
        code.jump("fresh").label("found");
        code.load(Width.LONG, R1, R9, ENDPOINT).store(Width.LONG, R10, CHOSEN, R1);
        code.load(Width.LONG, R1, R9, ENDPOINT + 8).store(Width.LONG, R10, CHOSEN + 8, R1);
        code.load(Width.WORD, R1, R9, ENDPOINT_PORT).store(Width.WORD, R10, CHOSEN + 16, R1);
        code.load(Width.WORD, R1, R7, 0).store(Width.WORD, R10, CHOSEN + 20, R1);
        look(code, "live", CHOSEN)
                .jumpIf(R0, Condition.NOT_EQUAL, 0, "translate")
                .label("fresh");
        stays(code);
        draw(code);
        stay(code);
        storage(code, "talks", false).jumpIf(R0, Condition.EQUAL, 0, "out").set(R9, R0);
        code.load(Width.WORD, R1, R10, TALK).jumpIf(R1, Condition.LESS, NEW_TALK, "place");
        code.load(Width.WORD, R1, R9, 0).set(R2, R1).compute(R2, Computation.ADD, 1);
        code.store(Width.WORD, R9, 0, R2)
                .compute(R1, Computation.AND, HookMaps.TALKS - 1)
                .label("place");
        code.compute(R1, Computation.MULTIPLY, HookMaps.TALK)
                .compute(R9, Computation.ADD, R1)
                .compute(R9, Computation.ADD, HookMaps.TALKS_HEAD);
        remember(code);
        count(code);
        translate(code.label("translate"), six, CHOSEN, CHOSEN + 16);
        return end(code, hook);
    }

    /** Who sends, or whom one is connected to. */
    private static Program tell(boolean six, boolean datagrams, Hook hook) {
        Assembler code = new Assembler().set(R6, R1);
        address(code, six);
        storage(code, "peers", false).jumpIf(R0, Condition.EQUAL, 0, "other").set(R9, R0);
        code.load(Width.LONG, R1, R9, ENDPOINT).load(Width.LONG, R2, R10, ASKED);
        code.jumpIf(R1, Condition.NOT_EQUAL, R2, "other");
        code.load(Width.LONG, R1, R9, ENDPOINT + 8).load(Width.LONG, R2, R10, ASKED + 8);
        code.jumpIf(R1, Condition.NOT_EQUAL, R2, "other");
        code.load(Width.WORD, R1, R9, ENDPOINT_PORT).load(Width.WORD, R2, R10, ASKED + 16);
        code.jumpIf(R1, Condition.EQUAL, R2, "found").label("other");
        if (datagrams) {
            storage(code, "talks", false).jumpIf(R0, Condition.EQUAL, 0, "out").set(R9, R0);
            scan(code, ENDPOINT, ENDPOINT_PORT, false);
        }
        code.jump("out").label("found");
        if (six) {
            for (int word = 0; word < 16; word += 4) {
                code.load(Width.WORD, R1, R9, word).store(Width.WORD, R6, IP6 + word, R1);
            }
        } else {
            code.load(Width.WORD, R1, R9, 12).store(Width.WORD, R6, IP4, R1);
        }
        code.load(Width.WORD, R1, R9, ASKED_PORT).store(Width.WORD, R6, PORT, R1);
        return end(code, hook);
    }

    private static Program release() {
        Assembler code = new Assembler()
                .set(R6, R1)
                .load(Width.WORD, R1, R6, SOCKET_PROTOCOL)
                .jumpIf(R1, Condition.NOT_EQUAL, UDP, "out");
        forgetDatagrams(code);
        return end(code, Hook.RELEASE);
    }

    private static Program end(Assembler code, Hook hook) {
        return code.label("out").set(R0, 1).exit().program("fl_" + hook, hook);
    }

    /** A socket that connects is a new one. */
    private static void forget(Assembler code) {
        drop(code, "peers");
        code.load(Width.WORD, R1, R6, PROTOCOL).jumpIf(R1, Condition.NOT_EQUAL, UDP, "new");
        drop(code, "talks");
        forgetDatagrams(code);
        code.label("new");
    }

    private static void drop(Assembler code, String map) {
        code.setMap(R1, map).load(Width.LONG, R2, R6, SOCKET).call(KernelFunction.SOCKET_STORAGE_DELETE);
    }

    private static void forgetDatagrams(Assembler code) {
        code.set(R1, R6)
                .call(KernelFunction.SOCKET_COOKIE)
                .store(Width.LONG, R10, COOKIE, R0)
                .setMap(R1, "datagrams")
                .setStack(R2, COOKIE)
                .call(KernelFunction.MAP_DELETE);
    }

    /** Address and port, as keys have them. */
    private static void address(Assembler code, boolean six) {
        if (six) {
            for (int word = 0; word < 16; word += 4) {
                code.load(Width.WORD, R1, R6, IP6 + word).store(Width.WORD, R10, ASKED + word, R1);
            }
        } else {
            code.store(Width.LONG, R10, ASKED, 0)
                    .store(Width.WORD, R10, ASKED + 8, HookMaps.NOBODY_V4)
                    .load(Width.WORD, R1, R6, IP4)
                    .store(Width.WORD, R10, ASKED + 12, R1);
        }
        code.load(Width.WORD, R1, R6, PORT).store(Width.WORD, R10, ASKED + 16, R1);
    }

    private static void asked(Assembler code, boolean six) {
        address(code, six);
        code.load(Width.WORD, R1, R6, PROTOCOL)
                .jumpIf(R1, Condition.EQUAL, TCP, "known")
                .jumpIf(R1, Condition.NOT_EQUAL, UDP, "out")
                .label("known")
                .store(Width.WORD, R10, ASKED + 20, R1);
    }

    /** R7: what the door says, by the address itself or by the node's ports. */
    private static void door(Assembler code) {
        look(code, "frontends", ASKED).jumpIf(R0, Condition.NOT_EQUAL, 0, "door");
        look(code, "own", ASKED)
                .jumpIf(R0, Condition.EQUAL, 0, "out")
                .load(Width.WORD, R1, R0, 0)
                .store(Width.LONG, R10, NODE_PORT, 0)
                .store(Width.WORD, R10, NODE_PORT + 8, R1)
                .store(Width.WORD, R10, NODE_PORT + 12, 0)
                .load(Width.WORD, R1, R10, ASKED + 16)
                .store(Width.WORD, R10, NODE_PORT + 16, R1)
                .load(Width.WORD, R1, R10, ASKED + 20)
                .compute(R1, Computation.OR, HookMaps.NODE_PORT)
                .store(Width.WORD, R10, NODE_PORT + 20, R1);
        look(code, "frontends", NODE_PORT)
                .jumpIf(R0, Condition.EQUAL, 0, "out")
                .label("door")
                .set(R7, R0);
    }

    /** Out, unless the door is for this socket's process. */
    private void whose(Assembler code, boolean six) {
        code.set(R1, R6)
                .call(KernelFunction.NAMESPACE_COOKIE)
                .store(Width.LONG, R10, NAMESPACE, R0)
                .set(R8, Value.PODS)
                .setLong(R1, node)
                .jumpIf(R0, Condition.NOT_EQUAL, R1, others ? "whose" : "out")
                .set(R8, Value.NODE)
                // bound to an address, its packets may not be answered where its own route does not lead
                .load(Width.LONG, R2, R6, SOCKET);
        for (int word = 0; word < (six ? 16 : 4); word += 4) {
            code.load(Width.WORD, R1, R2, (six ? SOCKET_SOURCE6 : SOCKET_SOURCE4) + word)
                    .jumpIf(R1, Condition.NOT_EQUAL, 0, "out");
        }
        code.label("whose")
                .load(Width.WORD, R1, R7, 12)
                .compute(R1, Computation.AND, R8)
                .jumpIf(R1, Condition.EQUAL, 0, "out");
    }

    private void refuse(Assembler code) {
        code.load(Width.WORD, R1, R7, 4);
        if (!refuses) {
            code.jumpIf(R1, Condition.EQUAL, 0, "out");
            return;
        }
        code.jumpIf(R1, Condition.NOT_EQUAL, 0, "served")
                .set(R1, -Errno.ECONNREFUSED)
                .call(KernelFunction.SET_RESULT)
                .set(R0, 0)
                .exit()
                .label("served");
    }

    /** Chosen is the endpoint that affinity holds the client to, if there is one and it is live. */
    private static void stays(Assembler code) {
        code.load(Width.LONG, R1, R10, NAMESPACE)
                .store(Width.LONG, R10, CLIENT, R1)
                .load(Width.WORD, R1, R7, 0)
                .compute(R1, Computation.SHIFT_RIGHT, 1)
                .store(Width.WORD, R10, CLIENT + 8, R1)
                .store(Width.WORD, R10, CLIENT + 12, 0)
                .load(Width.WORD, R1, R7, 8)
                .jumpIf(R1, Condition.EQUAL, 0, "draw");
        look(code, "clients", CLIENT).jumpIf(R0, Condition.EQUAL, 0, "draw").set(R9, R0);
        choose(code);
        code.load(Width.LONG, R8, R9, 24)
                .call(KernelFunction.MONOTONIC_TIME)
                .compute(R0, Computation.SUBTRACT, R8)
                .load(Width.WORD, R1, R7, 8)
                .compute(R1, Computation.MULTIPLY, NANOS)
                .jumpIf(R0, Condition.GREATER, R1, "draw");
        look(code, "live", CHOSEN).jumpIf(R0, Condition.NOT_EQUAL, 0, "chosen");
    }

    /** Chosen is what a random slot holds; a slot that has just gone is drawn anew, as the first. */
    private static void draw(Assembler code) {
        code.label("draw")
                .call(KernelFunction.RANDOM)
                .load(Width.WORD, R1, R7, 4)
                .compute(R0, Computation.REMAINDER, R1)
                .store(Width.WORD, R10, PLACE + 4, R0)
                .load(Width.WORD, R1, R7, 0)
                .store(Width.WORD, R10, PLACE, R1);
        look(code, "backends", PLACE)
                .jumpIf(R0, Condition.NOT_EQUAL, 0, "drawn")
                .store(Width.WORD, R10, PLACE + 4, 0);
        look(code, "backends", PLACE)
                .jumpIf(R0, Condition.EQUAL, 0, "out")
                .label("drawn")
                .set(R9, R0);
        choose(code);
        code.label("chosen");
    }

    /** What R9 points to becomes the key of live. */
    private static void choose(Assembler code) {
        code.load(Width.LONG, R1, R9, 0)
                .store(Width.LONG, R10, CHOSEN, R1)
                .load(Width.LONG, R1, R9, 8)
                .store(Width.LONG, R10, CHOSEN + 8, R1)
                .load(Width.WORD, R1, R9, 16)
                .store(Width.WORD, R10, CHOSEN + 16, R1)
                .load(Width.WORD, R1, R7, 0)
                .store(Width.WORD, R10, CHOSEN + 20, R1);
    }

    /** With affinity, each new connection renews the client's time. */
    private static void stay(Assembler code) {
        code.load(Width.WORD, R1, R7, 8)
                .jumpIf(R1, Condition.EQUAL, 0, "held")
                .call(KernelFunction.MONOTONIC_TIME)
                .store(Width.LONG, R10, CLIENT_STAYS + 24, R0);
        for (int at = 0; at < 16; at += 8) {
            code.load(Width.LONG, R1, R10, CHOSEN + at).store(Width.LONG, R10, CLIENT_STAYS + at, R1);
        }
        code.load(Width.WORD, R1, R10, CHOSEN + 16)
                .store(Width.WORD, R10, CLIENT_STAYS + 16, R1)
                .store(Width.WORD, R10, CLIENT_STAYS + 20, 0);
        update(code, "clients", CLIENT, CLIENT_STAYS);
        code.label("held");
    }

    /** What was asked and what was chosen, to where R9 points. */
    private static void remember(Assembler code) {
        for (int at = 0; at < 16; at += 8) {
            code.load(Width.LONG, R1, R10, ASKED + at).store(Width.LONG, R9, at, R1);
            code.load(Width.LONG, R1, R10, CHOSEN + at).store(Width.LONG, R9, ENDPOINT + at, R1);
        }
        code.load(Width.WORD, R1, R10, ASKED + 16).store(Width.WORD, R9, ASKED_PORT, R1);
        code.load(Width.WORD, R1, R10, CHOSEN + 16).store(Width.WORD, R9, ENDPOINT_PORT, R1);
    }

    /** One more for the chosen endpoint of its pool. */
    private static void count(Assembler code) {
        look(code, "connects", CHOSEN)
                .jumpIf(R0, Condition.NOT_EQUAL, 0, "count")
                .store(Width.LONG, R10, COUNT, 0)
                .setMap(R1, "connects")
                .setStack(R2, CHOSEN)
                .setStack(R3, COUNT)
                .set(R4, ONLY_IF_NEW)
                .call(KernelFunction.MAP_UPDATE);
        look(code, "connects", CHOSEN)
                .jumpIf(R0, Condition.EQUAL, 0, "counted")
                .label("count")
                .set(R1, 1)
                .addAtOnce(R0, 0, R1)
                .label("counted");
    }

    /** A connected UDP socket never passes a hook again: it must be found when its endpoint goes. */
    private static void rememberDatagrams(Assembler code) {
        for (int at = 0; at < 24; at += 8) {
            code.load(Width.LONG, R1, R10, CHOSEN + at).store(Width.LONG, R10, DATAGRAM + at, R1);
        }
        code.load(Width.LONG, R1, R10, NAMESPACE).store(Width.LONG, R10, DATAGRAM + 24, R1);
        update(code, "datagrams", COOKIE, DATAGRAM);
        code.jumpIf(R0, Condition.NOT_EQUAL, 0, "out"); // full: then not here
    }

    private static void translate(Assembler code, boolean six, int address, int port) {
        if (six) {
            for (int word = 0; word < 16; word += 4) {
                code.load(Width.WORD, R1, R10, address + word).store(Width.WORD, R6, IP6 + word, R1);
            }
        } else {
            code.load(Width.WORD, R1, R10, address + 12).store(Width.WORD, R6, IP4, R1);
        }
        code.load(Width.WORD, R1, R10, port).store(Width.WORD, R6, PORT, R1);
    }

    /** Goes to "found" with R9 at the talk whose address and port are those asked, if there is one. */
    private static void scan(Assembler code, int address, int port, boolean counted) {
        for (int talk = 0; talk < HookMaps.TALKS; talk++) {
            int at = HookMaps.TALKS_HEAD + talk * HookMaps.TALK;
            String next = "not" + talk;
            for (int half = 0; half < 16; half += 8) {
                code.load(Width.LONG, R1, R9, at + address + half)
                        .load(Width.LONG, R2, R10, ASKED + half)
                        .jumpIf(R1, Condition.NOT_EQUAL, R2, next);
            }
            code.load(Width.WORD, R1, R9, at + port)
                    .load(Width.WORD, R2, R10, ASKED + 16)
                    .jumpIf(R1, Condition.NOT_EQUAL, R2, next);
            if (counted) {
                code.store(Width.WORD, R10, TALK, talk);
            }
            code.compute(R9, Computation.ADD, at).jump("found").label(next);
        }
    }

    private static Assembler look(Assembler code, String map, int key) {
        return code.setMap(R1, map).setStack(R2, key).call(KernelFunction.MAP_LOOKUP);
    }

    private static void update(Assembler code, String map, int key, int value) {
        code.setMap(R1, map).setStack(R2, key).setStack(R3, value).set(R4, 0).call(KernelFunction.MAP_UPDATE);
    }

    /** R0: what is stored with the socket. */
    private static Assembler storage(Assembler code, String map, boolean create) {
        return code.setMap(R1, map)
                .load(Width.LONG, R2, R6, SOCKET)
                .set(R3, 0)
                .set(R4, create ? 1 : 0)
                .call(KernelFunction.SOCKET_STORAGE_GET);
    }
}
