// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What a client hears of resolvers that say more than they were asked. */
class BailiwickTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LIMIT = 4096;
    private static final List<String> SECTIONS = List.of("QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL");

    private final DnsMetrics metrics = new DnsMetrics(53);
    private final AtomicReference<byte[]> sent = new AtomicReference<>();

    /** Sections are those of the reply; what is marked with an exclamation mark does not belong. */
    @ParameterizedTest
    @ValueSource(strings = {"""
                asked a.example. A
                ANSWER  a.example. 60 CNAME c.other.
                ANSWER! bank.example. 60 A 6.6.6.6
                ANSWER  c.other. 60 A 1.1.1.1
                """, """
                asked a.example. A
                ANSWER  b.example. 60 A 1.1.1.1
                ANSWER  a.example. 60 CNAME b.example.
                """, """
                asked a.example. A
                ANSWER! b.example. 60 A 1.1.1.1
                """, """
                asked a.example. A
                ANSWER! example. 60 A 6.6.6.6
                ANSWER! x.a.example. 60 A 6.6.6.6
                ANSWER  a.example. 60 A 1.1.1.1
                """, """
                asked www.old.example. A
                ANSWER  old.example. 60 DNAME new.example.
                ANSWER  www.old.example. 60 CNAME www.new.example.
                ANSWER  www.new.example. 60 A 1.1.1.1
                ANSWER! other.example. 60 DNAME bank.example.
                """, """
                asked www.old.example. A
                ANSWER  old.example. 60 DNAME new.example.
                ANSWER  www.new.example. 60 A 1.1.1.1
                ANSWER! old.example. 60 A 6.6.6.6
                """, """
                asked a.example. MX
                ANSWER! bank.example. 60 A 6.6.6.6
                ANSWER  a.example. 60 MX 10 mail.bank.example.
                ADDITIONAL  mail.bank.example. 60 A 1.1.1.1
                ADDITIONAL! bank.example. 60 A 6.6.6.6
                """, """
                asked _ldap._tcp.example. SRV
                ANSWER  _ldap._tcp.example. 60 SRV 1 2 389 directory.example.
                ADDITIONAL  directory.example. 60 CNAME machine.example.
                ADDITIONAL  machine.example. 60 A 1.1.1.1
                ADDITIONAL! example. 60 NS ns.bank.example.
                """, """
                asked a.example. HTTPS
                ANSWER  a.example. 60 HTTPS 1 pool.example. alpn=h2
                ADDITIONAL  pool.example. 60 A 1.1.1.1
                ADDITIONAL! www.bank.example. 60 A 6.6.6.6
                """, """
                asked a.example. A
                ANSWER  a.example. 60 A 1.1.1.1
                AUTHORITY  example. 60 NS ns.example.
                AUTHORITY  example. 60 NS bank.other.
                AUTHORITY! other. 60 NS ns.example.
                AUTHORITY! a.example. 60 A 6.6.6.6
                ADDITIONAL  ns.example. 60 A 2.2.2.2
                ADDITIONAL! bank.other. 60 A 6.6.6.6
                """, """
                asked a.example. A
                ANSWER  a.example. 60 A 1.1.1.1
                AUTHORITY  . 60 NS bank.other.
                ADDITIONAL! bank.other. 60 A 6.6.6.6
                """, """
                asked a.example. AAAA
                ANSWER  a.example. 60 CNAME c.other.
                AUTHORITY! bank. 60 SOA ns.bank. admin.bank. 1 2 3 4 9999
                AUTHORITY  other. 60 SOA ns.other. admin.other. 1 2 3 4 60
                """, """
                asked a.example. A
                ANSWER  a.example. 60 A 1.1.1.1
                ANSWER  a.example. 60 RRSIG A 8 2 60 20301231000000 20200101000000 1 example. AQID
                ANSWER! bank.other. 60 RRSIG A 8 2 60 20301231000000 20200101000000 1 other. AQID
                AUTHORITY  0.example. 60 NSEC z.example. A RRSIG
                AUTHORITY  0.example. 60 RRSIG NSEC 8 2 60 20301231000000 20200101000000 1 example. AQID
                """})
    void onlyWhatBelongsToTheQuestionIsGivenToWhoAsked(String script) throws Exception {
        List<String> lines = script.lines().toList();
        String[] asked = lines.getFirst().split(" ");
        List<String> expected = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        Message reply = new Message();
        for (String line : lines.subList(1, lines.size())) {
            int section = SECTIONS.indexOf(line.split("[! ]")[0]);
            Record record = record(line.substring(line.indexOf(' ')).strip());
            reply.addRecord(record, section);
            (line.contains("! ") ? foreign : expected).add(section + " " + record);
        }
        for (boolean optLast : List.of(true, false)) {
            assertThat(given(asked[1], Type.value(asked[2]), reply, optLast)).isEqualTo(expected);
        }
        assertThat(metrics.text()).contains("fairlead_dns_foreign_records_total " + 2 * foreign.size() + "\n");
    }

    @Test
    void whatBelongsStaysAsItIsByteForByte() throws Exception {
        Message reply = new Message();
        reply.addRecord(record("A.eXample. 60 MX 10 Mail.Example."), Section.ANSWER);
        reply.addRecord(record("Example. 60 NS Ns.Example."), Section.AUTHORITY);
        reply.addRecord(record("maiL.example. 60 A 1.1.1.1"), Section.ADDITIONAL);
        try (ScriptedResolver resolver = resolver(reply, true);
                Forwarder forwarder = forwarder(resolver)) {
            Query query = QueryWriter.query(0, DnsName.of("a.example"), Type.MX);
            assertThat(forwarder.ask(query).bytes()).isEqualTo(sent.get());
        }
    }

    private static Record record(String line) throws Exception {
        String[] words = line.split(" ", 4);
        long ttl = Long.parseLong(words[1]);
        return Record.fromString(Name.fromString(words[0]), Type.value(words[2]), DClass.IN, ttl, words[3], Name.root);
    }

    private List<String> given(String name, int type, Message reply, boolean optLast) throws Exception {
        try (ScriptedResolver resolver = resolver(reply, optLast);
                Forwarder forwarder = forwarder(resolver)) {
            Message given = new Message(forwarder.forward(QueryWriter.query(7, DnsName.of(name), type), LIMIT));
            assertThat(given.getSection(Section.ADDITIONAL).stream().filter(OPTRecord.class::isInstance))
                    .as("our own")
                    .hasSize(1);
            List<String> records = new ArrayList<>();
            for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
                for (Record record : given.getSection(section)) {
                    if (!(record instanceof OPTRecord)) {
                        records.add(section + " " + record);
                    }
                }
            }
            return records;
        }
    }

    private ScriptedResolver resolver(Message records, boolean optLast) throws Exception {
        return new ScriptedResolver((question, tcp) -> {
            Message reply = ScriptedResolver.reply(question, Rcode.NOERROR);
            OPTRecord opt = new OPTRecord(1232, 0, 0);
            if (!optLast) {
                reply.addRecord(opt, Section.ADDITIONAL);
            }
            for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
                for (Record record : records.getSection(section)) {
                    reply.addRecord(record, section);
                }
            }
            if (optLast) {
                reply.addRecord(opt, Section.ADDITIONAL);
            }
            sent.set(reply.toWire());
            return List.of(reply);
        });
    }

    private Forwarder forwarder(ScriptedResolver resolver) {
        ForwardSettings settings =
                ForwardSettings.of(List.of(resolver.address())).withTimeout(PATIENCE);
        return new Forwarder(settings, metrics, new FakeTime(Instant.EPOCH));
    }
}
