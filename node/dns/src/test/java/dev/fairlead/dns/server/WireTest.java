// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.forward.ForwardSettings;
import dev.fairlead.dns.forward.ScriptedResolver;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneSettings;
import dev.fairlead.wire.time.SystemTime;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferIn;

/** What goes beyond questions and answers: options of EDNS, encryption, whole zones; by the library, and by dig where it is. */
class WireTest {
    private static final int PADDING = 12;
    private static final int KEEPALIVE = 11;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SERVICES = 300;

    private final SystemTime time = new SystemTime();
    private final List<AutoCloseable> open = new ArrayList<>(List.of(time));
    private final DnsMetrics metrics = new DnsMetrics(53);
    private final NameTable table = new NameTable(time);
    private final ServerSocketChannel tls = listener();
    private final ServerSocketChannel https = listener();

    private static SSLContext context;

    private InetSocketAddress address;

    WireTest() throws Exception {}

    private static ServerSocketChannel listener() throws Exception {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @BeforeAll
    static void certify(@TempDir Path folder) throws Exception {
        context = SelfSigned.context(folder);
    }

    @BeforeEach
    void start() throws Exception {
        ScriptedResolver upstream = new ScriptedResolver((question, tcp) -> List.of(ScriptedResolver.reply(
                question, Rcode.NOERROR, question.getQuestion().getName() + " 77 A 1.1.1.1")));
        open.add(upstream);
        table.putNamespace("shop");
        for (int i = 0; i < SERVICES; i++) {
            table.put(
                    Service.from(new Tree(Map.of(
                            "metadata", Map.of("namespace", "shop", "name", "web-" + i),
                            "spec",
                                    Map.of(
                                            "clusterIP", "10.96.1." + i % 250,
                                            "clusterIPs", List.of("10.96.1." + i % 250),
                                            "ports", List.of(Map.of("name", "http", "port", 80L)))))),
                    List.of());
        }
        table.markSynced();
        LoopbackSockets<UdpSocket> sockets = LoopbackSockets.open(true);
        address = sockets.address();
        DnsSettings settings = DnsSettings.of(
                        ZoneSettings.of(DnsName.of("cluster.local")),
                        ForwardSettings.of(List.of(upstream.address())).withTimeout(PATIENCE))
                .withPatience(PATIENCE)
                .withTransferTo(List.of(Cidr.parse("127.0.0.0/8").orElseThrow()));
        open.add(DnsServer.start(
                settings,
                table,
                metrics,
                LoopbackSockets.with(sockets, new DnsServer.Encrypted(List.of(tls), List.of(https), context)),
                time));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private static Message query(String name, int type, EDNSOption... options) throws Exception {
        Message query = Message.newQuery(Record.newRecord(Name.fromString(name + "."), type, DClass.IN));
        query.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(options)), Section.ADDITIONAL);
        return query;
    }

    private Message ask(Message query, boolean tcp) throws Exception {
        SimpleResolver resolver = new SimpleResolver(address);
        resolver.setTCP(tcp);
        resolver.setEDNS(-1);
        resolver.setTimeout(PATIENCE);
        return resolver.send(query);
    }

    private static List<String> answers(Message message) {
        return message.getSection(Section.ANSWER).stream()
                .map(Record::rdataToString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"web-1.shop.svc.cluster.local", "missing.shop.svc.cluster.local", "www.example.org"})
    void whoShowsACookieGetsOneAndKeepsIt(String name) throws Exception {
        byte[] chosen = {1, 2, 3, 4, 5, 6, 7, 8};
        Message first = ask(query(name, Type.A, new CookieOption(chosen)), false);
        CookieOption given = (CookieOption) first.getOPT().getOptions(10).getFirst();
        assertThat(given.getClientCookie()).isEqualTo(chosen);
        byte[] server = given.getServerCookie().orElseThrow();
        assertThat(server).hasSize(16);
        Message second = ask(query(name, Type.A, new CookieOption(chosen, server)), true);
        assertThat(((CookieOption) second.getOPT().getOptions(10).getFirst())
                        .getServerCookie()
                        .orElseThrow())
                .isEqualTo(server);
        Message without = ask(query(name, Type.A), false);
        assertThat(without.getOPT().getOptions()).isEmpty();
    }

    @Test
    void brokenOptionsAreAFormatError() throws Exception {
        Message shortCookie = query("web-1.shop.svc.cluster.local", Type.A, new GenericEDNSOption(10, new byte[7]));
        assertThat(code(shortCookie)).isEqualTo(Rcode.FORMERR);
        byte[] tooLong = query("web-1.shop.svc.cluster.local", Type.A, new GenericEDNSOption(65_001, new byte[4]))
                .toWire();
        tooLong[tooLong.length - 5] = 5; // an option that ends behind its record
        assertThat(code(tooLong)).isEqualTo(Rcode.FORMERR);
    }

    private int code(Message query) throws Exception {
        return code(query.toWire());
    }

    /** Of the answer by UDP, whatever else is in it. */
    private int code(byte[] query) throws Exception {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            socket.send(new DatagramPacket(query, query.length, address));
            DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
            socket.receive(answer);
            return answer.getData()[3] & 0xf;
        }
    }

    @Test
    void aConnectionTellsHowLongItIsKeptAndDatagramsDoNot() throws Exception {
        Message asked = query("web-1.shop.svc.cluster.local", Type.A, new GenericEDNSOption(KEEPALIVE, new byte[0]));
        assertThat(ask(asked, false).getOPT().getOptions()).isEmpty();
        EDNSOption told = ask(asked, true).getOPT().getOptions(KEEPALIVE).getFirst();
        assertThat(told.toWire()).endsWith(0, 2, 300 >> 8, 300 & 0xff);
    }

    @Test
    void aWholeZoneGoesToWhoMayHaveIt() throws Exception {
        ZoneTransferIn transfer = ZoneTransferIn.newAXFR(Name.fromString("cluster.local."), address, null);
        List<Record> records = new ArrayList<>();
        transfer.run(new ZoneTransferIn.ZoneTransferHandler() {
            @Override
            public void startAXFR() {}

            @Override
            public void startIXFR() {}

            @Override
            public void startIXFRDeletes(Record soa) {}

            @Override
            public void startIXFRAdds(Record soa) {}

            @Override
            public void handleRecord(Record record) {
                records.add(record);
            }
        });
        // each Service has an address, an SRV record at its name and one at its port; then SOA, NS and the version
        assertThat(records).hasSizeBetween(3 * SERVICES + 3, 3 * SERVICES + 4);
        assertThat(records.stream().map(Record::toString)).anyMatch(text -> text.contains("web-299.shop.svc"));
        Message other = query("web-1.shop.svc.cluster.local", Type.AXFR);
        assertThatThrownBy(() -> ask(other, true)).as("no zone").hasMessageContaining("REFUSED");
        assertThat(code(query("cluster.local", Type.AXFR))).as("by UDP").isEqualTo(Rcode.REFUSED);
    }

    private SSLSocket secure() throws Exception {
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket("127.0.0.1", tls.socket().getLocalPort());
        open.add(socket);
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"dot"});
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Test
    void byTlsAnswersAreTheSameAndPaddedForWhoPads() throws Exception {
        SSLSocket socket = secure();
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        for (String name : List.of("web-1.shop.svc.cluster.local", "www.example.org", "no.shop.svc.cluster.local")) {
            byte[] query = query(name, Type.A, new GenericEDNSOption(PADDING, new byte[40]))
                    .toWire();
            out.writeShort(query.length);
            out.write(query);
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            assertThat(answer.length % 468).as(name).isZero();
            assertThat(answers(new Message(answer)))
                    .isEqualTo(
                            name.startsWith("web")
                                    ? List.of("10.96.1.1")
                                    : name.startsWith("www") ? List.of("1.1.1.1") : List.of());
        }
        assertThat(metrics.text()).contains("proto=\"tls\",family=\"1\",type=\"A\"} 2");
    }

    @Test
    void byHttpsAnswersSayHowLongTheyLast() throws Exception {
        String url = "https://127.0.0.1:" + https.socket().getLocalPort() + "/dns-query";
        byte[] query = query("web-1.shop.svc.cluster.local", Type.A).toWire();
        HttpsURLConnection got = connection(
                url + "?dns=" + Base64.getUrlEncoder().withoutPadding().encodeToString(query));
        assertThat(answers(message(got))).containsExactly("10.96.1.1");
        assertThat(got.getContentType()).isEqualTo("application/dns-message");
        assertThat(got.getHeaderField("Cache-Control")).isEqualTo("max-age=30");
        HttpsURLConnection posted = connection(url);
        posted.setRequestProperty("Content-Type", "application/dns-message");
        posted.setDoOutput(true);
        posted.getOutputStream().write(query("www.example.org", Type.A).toWire());
        assertThat(answers(message(posted))).containsExactly("1.1.1.1");
        assertThat(posted.getHeaderField("Cache-Control")).isEqualTo("max-age=77");
    }

    private HttpsURLConnection connection(String url) throws Exception {
        HttpsURLConnection connection =
                (HttpsURLConnection) URI.create(url).toURL().openConnection();
        connection.setSSLSocketFactory(context.getSocketFactory());
        connection.setReadTimeout(Math.toIntExact(PATIENCE.toMillis()));
        return connection;
    }

    private static Message message(HttpsURLConnection connection) throws Exception {
        try (InputStream in = connection.getInputStream()) {
            return new Message(in.readAllBytes());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /dns-query HTTP/1.1                                      | 400
            GET /dns-query?dns=**** HTTP/1.1                             | 400
            GET /dns-query?dns=AAAA HTTP/1.1                             | 400
            GET /other?dns=AAAA HTTP/1.1                                 | 404
            PUT /dns-query HTTP/1.1                                      | 405
            POST /dns-query HTTP/1.1;Content-Length: 3                   | 415
            POST /dns-query HTTP/1.1;Content-Type: application/dns-message | 411
            POST /dns-query HTTP/1.1;Content-Type: application/dns-message;Content-Length: 70000 | 413
            GET /dns-query HTTP/1.1;nonsense                             | 400
            nonsense                                                     | 400
            """)
    void whatIsNoQuestionByHttpsIsRefused(String request, String status) throws Exception {
        assertThat(raw(request.replace(";", "\r\n") + "\r\n\r\n")).startsWith("HTTP/1.1 " + status);
    }

    @Test
    void aHeadWithoutEndIsRefused() throws Exception {
        assertThat(raw("GET /" + "x".repeat(16_400))).startsWith("HTTP/1.1 431");
    }

    private String raw(String request) throws Exception {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket("127.0.0.1", https.socket().getLocalPort())) {
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes("HTTP/1.1 400".length()), StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            +short web-7.shop.svc.cluster.local A           | 10.96.1.7
            +short +tcp web-7.shop.svc.cluster.local A      | 10.96.1.7
            +short +noedns web-7.shop.svc.cluster.local A   | 10.96.1.7
            +short WEB-7.Shop.SVC.cluster.local A           | 10.96.1.7
            +short _http._tcp.web-7.shop.svc.cluster.local SRV | 0 100 80 web-7.shop.svc.cluster.local.
            +short -x 10.96.1.249                           | web-249.shop.svc.cluster.local.
            +short dns-version.cluster.local TXT            | "1.1.0"
            +short www.example.org A                        | 1.1.1.1
            +cookie web-7.shop.svc.cluster.local A          | (good)
            web-7.shop.svc.cluster.local AAAA               | status: NOERROR
            web-700.shop.svc.cluster.local A                | status: NXDOMAIN
            +opcode=4 web-7.shop.svc.cluster.local A        | status: NOTIMP
            +edns=1 +noednsneg web-7.shop.svc.cluster.local A | status: BADVERS
            +tls-port +short web-7.shop.svc.cluster.local A | 10.96.1.7
            -t AXFR cluster.local                           | web-299.shop.svc.cluster.local. 30 IN A
            """)
    void digUnderstands(String arguments, String said) throws Exception {
        Path dig = Path.of("/usr/bin/dig");
        Assumptions.assumeTrue(Files.isExecutable(dig), "no dig here; Debian has it in bind9-dnsutils");
        boolean encrypted = arguments.startsWith("+tls-port");
        int port = encrypted ? tls.socket().getLocalPort() : address.getPort();
        List<String> command = new ArrayList<>(List.of(
                dig.toString(), "@127.0.0.1", "-p", Integer.toString(port), "+timeout=30", "+tries=1", "+nocrypto"));
        Stream<String> words = Arrays.stream(arguments.split(" "));
        command.addAll(
                words.map(word -> word.equals("+tls-port") ? "+tls" : word).toList());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output.replaceAll("[\t ]+", " "))
                .as(String.join(" ", command))
                .contains(said);
    }
}
