// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.names.RecordText;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * The codec against a DNS library: what we write it reads, what it writes we read, and no bytes at all do more than be
 * refused. {@code -Dfairlead.dns.fuzz=N} makes N rounds of the last instead of a few thousand.
 */
class CodecTest {
    private static final int ROUNDS = Integer.getInteger("fairlead.dns.fuzz", 5_000);
    private static final List<Rcode> CODES =
            List.of(Rcode.NOERROR, Rcode.FORMERR, Rcode.SERVFAIL, Rcode.NXDOMAIN, Rcode.NOTIMP, Rcode.REFUSED);
    private static final List<String> LABELS =
            List.of("a", "web", "shop", "svc", "cluster", "local", "x".repeat(63), "_http", "db-0", "10-0-0-1");

    private static DnsName name(Random random) {
        List<String> labels = new ArrayList<>();
        int octets = 1;
        for (int i = random.nextInt(7); i > 0; i--) {
            String label = LABELS.get(random.nextInt(LABELS.size()));
            octets += label.length() + 1;
            if (octets <= 255) {
                labels.add(label);
            }
        }
        return new DnsName(List.copyOf(labels));
    }

    private static Rdata data(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> new Rdata.Address(IpAddress.ofV4(random.nextInt()));
            case 1 -> new Rdata.Address(IpAddress.ofV6(random.nextLong(), random.nextLong()));
            case 2 -> new Rdata.Cname(name(random));
            case 3 -> new Rdata.Ptr(name(random));
            case 4 -> new Rdata.Ns(name(random));
            case 5 ->
                new Rdata.Srv(random.nextInt(0x10000), random.nextInt(0x10000), random.nextInt(0x10000), name(random));
            case 6 -> new Rdata.Txt("1.1.0");
            default -> new Rdata.Soa(name(random), name(random), random.nextInt() & 0xffff_ffffL, 1, 2, 3, 4);
        };
    }

    private static List<ResourceRecord> records(Random random) {
        List<ResourceRecord> records = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            records.add(new ResourceRecord(name(random), random.nextInt(100_000), data(random)));
        }
        return records;
    }

    private static Query query(Random random) throws Exception {
        Message asked = new Message(random.nextInt(0x10000));
        asked.addRecord(
                Record.newRecord(Name.fromString(name(random).toString()), 1 + random.nextInt(300), DClass.IN),
                Section.QUESTION);
        if (random.nextBoolean()) {
            asked.getHeader().setFlag(Flags.RD);
        }
        if (random.nextBoolean()) {
            List<EDNSOption> options = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                options.add(new GenericEDNSOption(65_001 + i, new byte[random.nextInt(40)])); // padding and such
            }
            asked.addRecord(
                    new OPTRecord(random.nextInt(0x10000), 0, 0, random.nextBoolean() ? 0x8000 : 0, options),
                    Section.ADDITIONAL);
        }
        Query read = Query.read(ByteBuffer.wrap(asked.toWire()));
        assertThat(read.id()).isEqualTo(asked.getHeader().getID());
        assertThat(read.name()).hasToString(asked.getQuestion().getName().toString());
        assertThat(read.type()).isEqualTo(asked.getQuestion().getType());
        assertThat(read.recursionDesired()).isEqualTo(asked.getHeader().getFlag(Flags.RD));
        OPTRecord opt = asked.getOPT();
        assertThat(read.edns() != null).isEqualTo(opt != null);
        if (opt != null && read.edns() != null) {
            assertThat(read.edns().payloadSize()).isEqualTo(opt.getPayloadSize());
            assertThat(read.edns().dnssecOk()).isEqualTo((opt.getFlags() & 0x8000) != 0);
        }
        return read;
    }

    private static List<String> texts(List<ResourceRecord> records) {
        return records.stream()
                .map(record -> record.name() + " " + record.ttl() + " " + RecordText.of(record))
                .toList();
    }

    private static List<String> texts(Message message, int section) {
        return message.getSection(section).stream()
                .filter(record -> record.getType() != Type.OPT)
                .map(record -> record.getName() + " " + record.getTTL() + " " + Type.string(record.getType()) + " "
                        + data(record))
                .toList();
    }

    private static String data(Record record) {
        String text = record.rdataToString().replace("\"", "");
        return record.getType() == Type.AAAA
                ? IpAddress.of(record.rdataToWireCanonical()).toString()
                : text;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatWeWriteTheLibraryReads(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            Query query = query(random);
            Rcode rcode = CODES.get(random.nextInt(CODES.size()));
            Answer answer = new Answer(rcode, random.nextBoolean(), records(random), records(random), records(random));
            Message whole = new Message(MessageWriter.write(query, answer, 65_535));
            String where = "seed " + seed + ", round " + round;
            assertThat(whole.getRcode()).as(where).isEqualTo(rcode.number());
            assertThat(whole.getHeader().getFlag(Flags.AA)).as(where).isEqualTo(answer.authoritative());
            assertThat(texts(whole, Section.ANSWER)).as(where).isEqualTo(texts(answer.answers()));
            assertThat(texts(whole, Section.AUTHORITY)).as(where).isEqualTo(texts(answer.authority()));
            assertThat(texts(whole, Section.ADDITIONAL)).as(where).isEqualTo(texts(answer.additional()));
            assertThat(whole.getOPT() != null).as(where).isEqualTo(query.edns() != null);
            cut(query, answer, random, where);
        }
    }

    /** With less room there is a beginning of it, and the TC bit says so unless only additional records are missing. */
    private static void cut(Query query, Answer answer, Random random, String where) throws Exception {
        int limit = 512 + random.nextInt(800);
        byte[] bytes = MessageWriter.write(query, answer, limit);
        assertThat(bytes.length).as(where).isLessThanOrEqualTo(limit);
        Message part = new Message(bytes);
        List<String> answers = texts(part, Section.ANSWER);
        List<String> authority = texts(part, Section.AUTHORITY);
        assertThat(texts(answer.answers()).subList(0, answers.size())).as(where).isEqualTo(answers);
        boolean missing = answers.size() < answer.answers().size()
                || authority.size() < answer.authority().size();
        assertThat(part.getHeader().getFlag(Flags.TC)).as(where).isEqualTo(missing);
    }

    @Test
    void noBytesDoMoreThanBeRefused() throws Exception {
        long seed = 20_261_121;
        Random random = new Random(seed);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Query query = query(random);
            byte[] asked = QueryWriter.write(query, query.id());
            byte[] answered = MessageWriter.write(
                    query, new Answer(Rcode.NOERROR, false, records(random), List.of(), List.of()), 1232);
            try {
                Query.read(ByteBuffer.wrap(spoilt(asked, random)));
                read++;
            } catch (MalformedException refused) {
                // as it should be
            }
            try {
                UpstreamReply reply = UpstreamReply.read(spoilt(answered, random), query.id(), query);
                byte[] passedOn = reply.answer(query, 1, 512);
                assertThat(passedOn.length).isLessThanOrEqualTo(Math.max(512, 12 + query.question().length + 11));
                reply.answer(query.name());
                read++;
            } catch (MalformedException refused) {
                // as it should be
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + round, bug);
            }
        }
        assertThat(read).as("some still are messages, seed " + seed).isPositive();
    }

    private static byte[] spoilt(byte[] message, Random random) {
        byte[] bytes =
                random.nextInt(4) == 0 ? Arrays.copyOf(message, random.nextInt(message.length + 20)) : message.clone();
        for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = (byte)
                    switch (random.nextInt(4)) {
                        case 0 -> 0xc0 | random.nextInt(64); // a compression pointer
                        case 1 -> 0xff;
                        case 2 -> bytes[at] ^ 1 << random.nextInt(8);
                        default -> random.nextInt();
                    };
        }
        return bytes;
    }

    @Test
    void aNameKeepsItsLettersInTheQuestionOnly() throws Exception {
        Message asked = Message.newQuery(Record.newRecord(Name.fromString("WEB.Shop."), Type.A, DClass.IN));
        Query query = Query.read(ByteBuffer.wrap(asked.toWire()));
        assertThat(query.name()).hasToString("web.shop.");
        Answer answer = new Answer(
                Rcode.NOERROR,
                true,
                List.of(new ResourceRecord(query.name(), 5, new Rdata.Cname(DnsName.of("db.shop")))),
                List.of(),
                List.of());
        Message told = new Message(MessageWriter.write(query, answer, 512));
        assertThat(told.getSection(Section.ANSWER).getFirst().getName()).hasToString("WEB.Shop.");
        assertThat(told.getSection(Section.ANSWER).getFirst().rdataToString().toLowerCase(Locale.ROOT))
                .isEqualTo("db.shop.");
    }
}
