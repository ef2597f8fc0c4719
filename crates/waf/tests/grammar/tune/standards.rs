//! Honest requests in the languages of standards: OData, FHIR searches and paths, CQL, GraphQL, JSON-RPC, SOAP with
//! security headers, and files that people paste as text.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{JSON, Wire};
use super::super::words;
use super::carrier;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("searches-of-standards", 70, searches),
    grammar("clinical-rules", 60, |rng| carrier::one_of(rng, "/cdss/rule/save", "expression", RULES)),
    grammar("calls-of-standards", 70, calls),
    grammar("pasted-files", 70, |rng| carrier::one_of(rng, "/config/import/text", "text", FILES)),
    grammar("single-sign-on", 60, sign_on),
];

fn searches(rng: &mut Rng) -> Vec<u8> {
    let (id, day) = (rng.digits(6), words::date(rng));
    let name = codec::percent(words::person(rng));
    match rng.below(12) {
        0 => Wire::get(format!("/fhir/Observation?patient=Patient/{id}&code=http%3A%2F%2Floinc.org%7C2345-7,http://loinc.org|8480-6&date=ge{day}&value-quantity=gt6.1||mmol%2FL&_sort=-date&_count=50")),
        1 => Wire::get(format!("/fhir/Patient?name:contains={name}&birthdate=ge1970-01-01&birthdate=lt2000-01-01&_has:Observation:patient:code=1234-5&_revinclude=Encounter:subject&_elements=id,name&identifier=urn:oid:1.2.3|{id}")),
        2 => Wire::get(format!("/fhir/Condition?code:below=http://snomed.info/sct|73211009&onset-date=sa{day}&subject:Patient.name={name}&_filter=(status%20eq%20active%20or%20severity%20ne%20mild)%20and%20not%20(code%20in%20x)&_id={id}")),
        3 => Wire::get(format!("/fhir/ValueSet/$expand?url=http://snomed.info/sct?fhir_vs=ecl/%3C%3C404684003%20%7CClinical%20finding%7C%20:%20363698007%20=%20%3C%3C39057004&filter=heart&count=20&offset={id}")),
        4 => Wire::get(format!("/odata/Patients?$filter=contains(Name,'{name}') and Age gt 30 or Dept/Code eq 'ICU' and not startswith(Card,'O''B')&$expand=Visits($filter=Fee gt 100;$orderby=Date desc)&$top={id}").replace(' ', "%20")),
        5 => Wire::get(format!("/_api/web/lists/GetByTitle('%E9%80%9A%E7%9F%A5')/items?$filter=Modified%20ge%20datetime'{day}T00:00:00Z'%20and%20substringof('O''Brien',Title)&$skiptoken=Paged=TRUE%26p_ID={id}")),
        6 => Wire::get(format!("/dicom-web/studies?PatientName={name}*&StudyDate={}-&ModalitiesInStudy=CT%5CMR&includefield=all&00100020={id}", day.replace('-', ""))).header("Accept", "application/dicom+json"),
        7 => Wire::get(format!("/api/users?search=age>=18;dept=in=(ICU,CCU),name=='{name}*'&page={id}&sort=-created,+name").replace('>', "%3E").replace('<', "%3C")),
        8 => Wire::get(format!("/items?filter[and][0][age][gte]=18&filter[or][0][name][like]=%25{name}%25&where={{\"$or\":[{{\"a\":1}},{{\"b\":\"{id}\"}}]}}").replace('{', "%7B").replace('}', "%7D").replace('"', "%22")),
        9 => Wire::get(format!("/rest/v1/visit?select=id,dept(name),patient!inner(name)&or=(age.gte.18,and(dept.eq.ICU,fee.gt.{id}))&order=day.desc.nullslast")),
        10 => Wire::get(format!("/solr/his/select?q=title:(%E6%8A%A4%E7%90%86+OR+care)+AND+-type:old&fq=%7B!geofilt%20sfield=loc%20pt=30.5,104.1%20d=5%7D&fq=day:[NOW-7DAY+TO+*]&fl=id,score&start={id}&wt=json&facet.query=fee:[*+TO+100}}").replace('}', "%7D")),
        _ => Wire::get(format!("/arcgis/rest/services/hosp/MapServer/0/query?where=TYPE%3D%27%E4%B8%89%E7%94%B2%27+AND+BEDS%3E%3D500+AND+1%3D1&outFields=*&resultOffset={id}&f=json")),
    }
    .desktop(rng)
    .finish(rng)
}

const RULES: &[&str] = &[
    "Observation.where(code.coding.exists(system='http://loinc.org' and code='2345-7')).value.ofType(Quantity).value > 6.1",
    "Patient.name.where(use = 'official').given.first() + ' ' & Patient.name.family",
    "telecom.where(system='phone' and use='mobile').value | iif(active, 'Y', 'N')",
    "(status = 'final' or status = 'amended') implies value.exists()",
    "%resource.descendants().where($this is Reference).reference.startsWith('#').not()",
    "library HTN version '1.0'\nusing FHIR version '4.0.1'\ncontext Patient\ndefine \"In Population\": AgeInYears() >= 18 and exists([Condition: \"Hypertension\"] C where C.onset during \"Measurement Period\")",
    "define \"BP\": Last([Observation: \"BP\"] O where O.status in {'final','amended'} sort by effective)",
    "IF Scr>1.2 AND (age>=65 OR eGFR<60) THEN ALERT('慎用造影剂') ELSE PASS",
    "rule \"K high\" when $r : Result(item == \"K\", value > 6.0) then $r.setCritical(true); end",
    "when\n  $p : Patient(age > 60, sex == '男' || dept in (\"ICU\", \"CCU\"))\nthen\n  insert(new Alert($p));\nend",
    "maintenance: slotname: alert;; version: 1.00;; data: k := read last {potassium};; logic: if k > 6.0 then conclude true; endif;; action: write \"K高\";;",
    "result.value > dict.max * 1.5 && !patient.tags.includes('透析')",
    "age between 18 and 65 and sex = '女' and not pregnant",
    "$.results[?(@.item=='K' && @.value>6.5)].value",
    "$..book[?(@.price < 10)]",
    "//OBX[OBX.3/OBX.3.1='K']/OBX.5/text()",
    "/ClinicalDocument/component/structuredBody/component/section[code/@code='10160-0']/entry",
    "msg['PID']['PID.3']['PID.3.1'].toString()",
    "if (msg['OBX']['OBX.5'].toString() > 6.5) { channelMap.put('critical', 'Y'); } return true;",
    "tmp['PID']['PID.5']['PID.5.1'] = msg['name'].toString().replace(/\\s/g, '');",
    "^/record/visit[@type='1' or @type='2']$",
    "MATCH (p:Patient)-[:HAS]->(d:Disease {code:'I10'}) WHERE p.age > 60 RETURN p.name, count(d) ORDER BY p.age DESC LIMIT 10",
    "SELECT ?d WHERE { ?d rdfs:subClassOf* :Disease . FILTER(?age > 60) }",
    "SELECT e/ehr_id/value FROM EHR e CONTAINS COMPOSITION c[openEHR-EHR-COMPOSITION.encounter.v1] WHERE c/uid/value = 'x'",
    "total = sum(item.fee for item in items if item.type == 'drug')",
    "dose <= 4000 and (interval >= 6 or route != 'iv')",
];

fn calls(rng: &mut Rng) -> Vec<u8> {
    let (id, name) = (rng.digits(6), words::person(rng));
    let text = rng.pick(RULES);
    match rng.below(7) {
        0 => Wire::post("/graphql", JSON, format!("{{\"operationName\":\"Q\",\"variables\":{{\"id\":\"{id}\",\"where\":{{\"_or\":[{{\"name\":{{\"_ilike\":\"%{name}%\"}}}},{{\"age\":{{\"_gte\":18}}}}]}},\"rule\":{}}},\"query\":\"query Q($id: ID!, $where: W) {{ patient(id: $id) {{ ...F visits(where: $where, orderBy: {{day: DESC}}) @include(if: true) {{ id }} }} __typename }} fragment F on Patient {{ id name }}\"}}", codec::json(text))).desktop(rng),
        1 => Wire::post("/jsonrpc", JSON, format!("{{\"jsonrpc\":\"2.0\",\"method\":\"call\",\"params\":{{\"model\":\"patient\",\"method\":\"search_read\",\"args\":[[\"|\",[\"name\",\"ilike\",{}],[\"age\",\">=\",18]]],\"kwargs\":{{\"context\":{{\"lang\":\"zh_CN\"}},\"domain\":{}}}}},\"id\":{id}}}", codec::json(&name), codec::json(text)).replace("\"id\":0", "\"id\":1")).desktop(rng),
        2 => Wire::post("/services/HipService", "text/xml; charset=utf-8", format!("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"><soapenv:Header><wsse:Security soapenv:mustUnderstand=\"1\"><wsse:UsernameToken><wsse:Username>lis</wsse:Username><wsse:Password Type=\"x#PasswordText\">a&amp;b'c;--1</wsse:Password></wsse:UsernameToken></wsse:Security></soapenv:Header><soapenv:Body><call><id>{id}</id><xml><![CDATA[<req><name>{name}</name><expr>{}</expr></req>]]></xml></call></soapenv:Body></soapenv:Envelope>", codec::xml(text))).program("Apache-CXF/3.4.5").header("SOAPAction", "\"urn:call\""),
        3 => Wire::post("/grpc.health.v1.Health/Check", "application/grpc-web+proto", [b"\x00\x00\x00\x00".as_slice(), &[u8::try_from(text.len() % 200).unwrap_or(9)], text.as_bytes(), &rng.bytes(8)].concat()).header("X-Grpc-Web", "1").desktop(rng),
        4 => Wire::post("/fhir", "application/fhir+json", format!("{{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{{\"fullUrl\":\"urn:uuid:{}\",\"resource\":{{\"resourceType\":\"PlanDefinition\",\"action\":[{{\"condition\":[{{\"kind\":\"applicability\",\"expression\":{{\"language\":\"text/fhirpath\",\"expression\":{}}}}}]}}],\"text\":{{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><b>{name}</b> &lt; 5</div>\"}}}},\"request\":{{\"method\":\"PUT\",\"url\":\"PlanDefinition/{id}\"}}}}]}}", rng.uuid(), codec::json(text))).program("HAPI-FHIR/6.8.0 (FHIR Client; FHIR 4.0.1/R4; apache)"),
        5 => Wire::new("PATCH", format!("/fhir/Patient/{id}")).body("application/json-patch+json", format!("[{{\"op\":\"replace\",\"path\":\"/name/0/text\",\"value\":\"{name}\"}},{{\"op\":\"test\",\"path\":\"/a~1b/-\",\"value\":{}}}]", codec::json(text))).program("okhttp/4.9.1"),
        _ => Wire::post("/xds/iti18", "application/soap+xml; charset=UTF-8; action=\"urn:ihe:iti:2007:RegistryStoredQuery\"", format!("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><AdhocQueryRequest><AdhocQuery id=\"urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d\"><Slot name=\"$XDSDocumentEntryPatientId\"><ValueList><Value>'{id}^^^&amp;1.2.3.4&amp;ISO'</Value></ValueList></Slot><Slot name=\"$XDSDocumentEntryStatus\"><ValueList><Value>('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved','urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated')</Value></ValueList></Slot></AdhocQuery></AdhocQueryRequest></s:Body></s:Envelope>")).program("Axis2"),
    }
    .finish(rng)
}

const FILES: &[&str] = &[
    "[database]\nurl=jdbc:oracle:thin:@10.1.2.3:1521:orcl\nuser=his\n;password=***\n[log]\npath=D:\\his\\log\nlevel=INFO",
    "server:\n  port: 8080\nspring:\n  datasource:\n    url: jdbc:mysql://10.1.2.3:3306/his?useSSL=false&allowMultiQueries=false\n    username: ${DB_USER:his}\n    password: ${DB_PASS}\n",
    "id,name,dept,remark\n1,王小明,ICU,\"=SUM(A1:A3)\"\n2,\"O'Brien\",骨科,\"a;b|c\"\n3,李,儿科,-1+2\n",
    "姓名\t性别\t年龄\t诊断\n王\t男\t58\t冠心病; 心功能II级\n李\t女\t45\t乳腺ca(ER+;PR-)\n",
    "{\"patients\":[{\"name\":\"王\",\"tags\":[\"<60\",\"a&b\"],\"note\":\"it's ok\"},{\"name\":\"李\",\"$ref\":\"$.patients[0]\"}]}",
    "2026-11-20 08:30:00,123 INFO [main] c.k.his.App - Started App in 12.3 seconds (JVM running for 13.1)\n2026-11-20 08:30:01 WARN HikariPool-1 - Connection is not available, request timed out after 30000ms.",
    "Nov 20 08:30:00 his sshd[1234]: Failed password for invalid user admin from 10.1.2.99 port 51234 ssh2\nNov 20 08:30:05 his CRON[99]: (root) CMD (test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily ))",
    "10.1.2.3 - - [20/Nov/2026:08:30:00 +0800] \"GET /his/index.jsp?id=1 HTTP/1.1\" 200 1234 \"-\" \"Mozilla/5.0\"",
    "MSH|^~\\&|HIS|H|LIS|H|20261120083000||ORM^O01|1|P|2.3\rPID|||123||王^小明\rORC|NW|1\rOBR|1|1||GLU^葡萄糖",
    "BEGIN:VCARD\nVERSION:3.0\nN:王;小明;;;\nTEL;TYPE=CELL:10000000000\nNOTE:a\\;b\\,c\nEND:VCARD",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----",
    "# hosts\n10.1.2.3 his.local lis.local # 内网\n127.0.0.1 localhost\n::1 localhost",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE mapper PUBLIC \"-//mybatis.org//DTD Mapper 3.0//EN\" \"http://mybatis.org/dtd/mybatis-3-mapper.dtd\">\n<mapper namespace=\"a\"><select id=\"x\">select 1</select></mapper>",
    "<configuration><appender name=\"F\" class=\"ch.qos.logback.core.FileAppender\"><file>${LOG_PATH:-/var/log/his}/his.log</file></appender></configuration>",
    "<configuration>\n  <connectionStrings>\n    <add name=\"HIS\" connectionString=\"Data Source=.;Initial Catalog=HIS;Integrated Security=True\"/>\n  </connectionStrings>\n</configuration>",
    "user nginx;\nworker_processes auto;\nerror_log /var/log/nginx/error.log warn;\nevents { worker_connections 1024; }\nhttp { include /etc/nginx/mime.types; }",
    "INSERT INTO dict(code,name) VALUES('01','内科');\nINSERT INTO dict(code,name) VALUES('02','外科');",
    "groups:\n- name: his\n  rules:\n  - alert: Down\n    expr: up{job=\"his\"} == 0\n    for: 5m\n    annotations:\n      summary: \"{{ $labels.instance }} down ({{ $value }})\"",
    "input { beats { port => 5044 } }\nfilter { grok { match => { \"message\" => \"%{COMBINEDAPACHELOG}\" } } }\noutput { elasticsearch { hosts => [\"http://10.1.2.3:9200\"] index => \"his-%{+YYYY.MM.dd}\" } }",
    "export JAVA_HOME=/usr/lib/jvm/java-8\nexport PATH=$JAVA_HOME/bin:$PATH\nulimit -n 65535",
    "@echo off\ncd /d D:\\his\nset JAVA_OPTS=-Xmx2g\ncall startup.bat > log.txt 2>&1\npause",
    "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\HIS]\n\"Path\"=\"D:\\\\HIS\\\\bin\"\n\"Port\"=dword:00001f90",
    "\"D:\\HIS\\Client.exe\" /server=10.1.2.3 /user=%USERNAME% & exit",
    "[{\"featureType\":\"road\",\"elementType\":\"geometry\",\"stylers\":[{\"color\":\"#ffffff\"}]}]",
    "graph TD; A[挂号]-->B{医保?}; B-->|是|C(结算); B-->|否|D; click A \"/reg\" \"tip\"",
    "@startuml\nactor 患者\n患者 -> HIS : 挂号\nHIS --> LIS : ORM^O01\n@enduml",
    "1\n00:00:01,000 --> 00:00:03,500\n<i>您好</i>, 请坐\n\n2\n00:00:04,000 --> 00:00:06,000\n- 哪里不舒服?\n",
    "rules:\n- host: his.local\n  http:\n    paths:\n    - path: /api(/|$)(.*)\n      pathType: Prefix",
    "services:\n  db:\n    image: mysql:8\n    environment:\n      MYSQL_ROOT_PASSWORD: ${PW}\n    command: --default-authentication-plugin=mysql_native_password\n    volumes:\n      - /data/mysql:/var/lib/mysql",
];

fn sign_on(rng: &mut Rng) -> Vec<u8> {
    let (id, host) = (rng.hex(32), rng.pick(words::HOSTS));
    let name = words::person(rng);
    match rng.below(6) {
        0 => {
            let assertion = format!("<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_{id}\" Destination=\"https://{host}/acs\"><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignatureValue>{}</ds:SignatureValue></ds:Signature><saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:AttributeStatement><saml:Attribute Name=\"memberOf\"><saml:AttributeValue>CN=ICU,OU=科室,DC=hospital,DC=local</saml:AttributeValue></saml:Attribute><saml:Attribute Name=\"name\"><saml:AttributeValue>{}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>", rng.token(80), codec::xml(&name));
            Wire::post("/saml/acs", super::super::wire::FORM, format!("SAMLResponse={}&RelayState={}", codec::form(codec::base64(assertion)), codec::form(format!("https://{host}/his/#/report?id=1&from=/a/../b")))).desktop(rng)
        }
        1 => Wire::get(format!("/cas/login?service={}&renew=false", codec::percent(format!("http://{host}/his/login?target=%2Findex.jsp%3Fa%3D1%26b%3D2&t={id}")))).desktop(rng),
        2 => Wire::get(format!("/oauth2/authorize?response_type=code&client_id=his&redirect_uri={}&scope=openid%20profile&state={id}&code_challenge={}&code_challenge_method=S256", codec::percent(format!("http://{host}/callback")), rng.base64_url(43))).desktop(rng),
        3 => Wire::post("/adfs/services/trust/13/usernamemixed", "application/soap+xml", format!("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header><a:To s:mustUnderstand=\"1\">https://{host}/adfs/services/trust/13/usernamemixed</a:To></s:Header><s:Body><trust:RequestSecurityToken xmlns:trust=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\"><wsp:AppliesTo xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2004/09/policy\"><a:EndpointReference><a:Address>urn:his:{id}</a:Address></a:EndpointReference></wsp:AppliesTo></trust:RequestSecurityToken></s:Body></s:Envelope>")).program("MS-ASREST/1.0"),
        4 => Wire::post("/login", super::super::wire::FORM, codec::form_body(&[("username", rng.pick(&["wang", "hosp\\wang", "wang@hospital.example", "O'Brien", "CN=wang,OU=ICU", "user;01", "a|b", "100001#"])), ("password", rng.pick(&["p@ss'w0rd", "1\"or#2", "$(Abc)123", "a;b&c|d", "<Abc123>", "--Abc'123", "Pa${ss}1", "%5Cu0026", "../Abc12", "{{Abc}}1", "' '1'1Aa"])), ("captcha", "7+5=12"), ("csrf", &id)])).desktop(rng),
        _ => Wire::get(format!("/sso?token={}&user={}&return=%2Fhis%2F%23%2Fvisit%3Fid%3D{}", rng.base64_url(90), codec::percent(&name), rng.digits(5))).header("Authorization", format!("Digest username=\"wang\", realm=\"his\", nonce=\"{id}\", uri=\"/sso\", qop=auth, nc=00000001, cnonce=\"{}\", response=\"{}\"", rng.hex(8), rng.hex(32))).program("curl/8.5.0"),
    }
    .finish(rng)
}
