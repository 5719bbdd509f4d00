// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.pki;

import dev.fairlead.wire.exchange.Request.User;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Issues certificates. The one class that knows BouncyCastle, and so the one that is not loaded by most starts. */
final class Issuer {
    private static final ASN1ObjectIdentifier P256 = X9ObjectIdentifiers.prime256v1;
    /** Certificates begin a little in the past: clocks of clients differ. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private record Signer(X500Name name, PrivateKey key, PublicKey publicKey) {}

    private interface Extensions {
        void add(X509v3CertificateBuilder builder) throws IOException;
    }

    private Issuer() {}

    /** A new certificate authority, signed by itself. */
    static Credential authority(String name, Instant now, Duration life) {
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, name).build();
        KeyPair keys = keys();
        Signer self = new Signer(subject, keys.getPrivate(), keys.getPublic());
        return issue(subject, keys, self, now, life, builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            int usage = KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature;
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        });
    }

    /** A server's certificate for these DNS names and addresses. */
    static Credential server(Credential ca, Set<String> names, Instant now, Duration life) {
        X500Name subject =
                new X500NameBuilder().addRDN(BCStyle.CN, "fairlead-apiserver").build();
        GeneralName[] alternatives = names.stream()
                .map(name -> new GeneralName(Pem.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        return issue(subject, keys(), signer(ca), now, life, builder -> {
            leaf(builder, KeyPurposeId.id_kp_serverAuth);
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
        });
    }

    /** A client's certificate: common name and organisations are the user's name and groups. */
    static Credential client(Credential ca, User user, Instant now, Duration life) {
        X500NameBuilder subject = new X500NameBuilder();
        user.groups().forEach(group -> subject.addRDN(BCStyle.O, group));
        subject.addRDN(BCStyle.CN, user.name());
        return issue(
                subject.build(),
                keys(),
                signer(ca),
                now,
                life,
                builder -> leaf(builder, KeyPurposeId.id_kp_clientAuth));
    }

    private static void leaf(X509v3CertificateBuilder builder, KeyPurposeId purpose) throws IOException {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    }

    private static Credential issue(
            X500Name subject, KeyPair keys, Signer signer, Instant now, Duration life, Extensions extensions) {
        try {
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                    signer.name(),
                    new BigInteger(127, new SecureRandom()).add(BigInteger.ONE),
                    Date.from(now.minus(SKEW)),
                    Date.from(now.plus(life)),
                    subject,
                    SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(keys.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(signer.publicKey()));
            extensions.add(builder);
            byte[] certificate = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.key()))
                    .getEncoded();
            return new Credential(Pem.write("CERTIFICATE", certificate), Pem.write("EC PRIVATE KEY", sec1(keys)));
        } catch (OperatorCreationException | IOException | GeneralSecurityException e) {
            throw new IllegalStateException("could not issue a certificate for " + subject, e);
        }
    }

    private static Signer signer(Credential ca) {
        X509Certificate certificate = Pem.certificate(ca.certificate());
        return new Signer(
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                Pem.privateKey(ca.key()),
                certificate.getPublicKey());
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no P-256 keys", e);
        }
    }

    /** RFC 5915, with curve and public key: without the curve Go cannot read it. */
    private static byte[] sec1(KeyPair keys) throws IOException {
        DERBitString point = new DERBitString(
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded())
                        .getPublicKeyData()
                        .getBytes());
        return new org.bouncycastle.asn1.sec.ECPrivateKey(256, ((ECPrivateKey) keys.getPrivate()).getS(), point, P256)
                .getEncoded("DER");
    }
}
