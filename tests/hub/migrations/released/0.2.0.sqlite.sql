BEGIN TRANSACTION;
CREATE TABLE "address" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "url_key" VARCHAR(255) NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_address_article_d45afc" UNIQUE ("article_id", "url_key")
);
INSERT INTO "address" VALUES(1,'quay.example/2024/03/night-ferry',1);
INSERT INTO "address" VALUES(2,'quay.example?p=11',1);
INSERT INTO "address" VALUES(3,'quay.example?page_id=11',1);
INSERT INTO "address" VALUES(4,'quay.example/2024/02/crane',2);
INSERT INTO "address" VALUES(5,'quay.example?p=10',2);
INSERT INTO "address" VALUES(6,'quay.example?page_id=10',2);
INSERT INTO "address" VALUES(7,'quay.example?p=12',3);
INSERT INTO "address" VALUES(8,'quay.example?page_id=12',3);
INSERT INTO "address" VALUES(9,'quay.example/about',4);
INSERT INTO "address" VALUES(10,'quay.example?page_id=2',4);
INSERT INTO "address" VALUES(11,'quay.example?p=2',4);
INSERT INTO "address" VALUES(12,'weather.quay.example/1',5);
INSERT INTO "address" VALUES(14,'ghost/salt-in-the-bread',6);
INSERT INTO "address" VALUES(15,'ghost/members-only-the-rye',7);
INSERT INTO "address" VALUES(16,'notes/2024-05-01-gulls',8);
INSERT INTO "address" VALUES(17,'notes/gulls',8);
INSERT INTO "address" VALUES(18,'notes/old/gulls',8);
INSERT INTO "address" VALUES(19,'notes/2024/05/01/gulls',8);
INSERT INTO "address" VALUES(20,'notes/2024-05-02-moewen',9);
INSERT INTO "address" VALUES(21,'notes/moewen',9);
INSERT INTO "address" VALUES(22,'notes/2024/05/02/moewen',9);
INSERT INTO "address" VALUES(23,'notes/plan',10);
INSERT INTO "address" VALUES(24,'quay.example/2024/04/nets',11);
INSERT INTO "address" VALUES(25,'source/page',11);
INSERT INTO "address" VALUES(27,'quay.example/prices/cod',12);
CREATE TABLE "article" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL,
    "language" VARCHAR(16) NOT NULL,
    "translation_key" VARCHAR(255),
    "kind" VARCHAR(16) NOT NULL  /* ARTICLE: ARTICLE\nPAGE: PAGE */,
    "title" VARCHAR(500) NOT NULL,
    "headline_key" VARCHAR(255) NOT NULL,
    "summary" TEXT NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED */,
    "published_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "version" INT NOT NULL,
    "comments_open" INT NOT NULL,
    "comment_count" INT NOT NULL,
    "image_url" VARCHAR(2000),
    "image_alt" VARCHAR(500),
    "canonical_url" VARCHAR(2000),
    "source" VARCHAR(64),
    "source_key" VARCHAR(255),
    "source_hash" VARCHAR(64),
    "source_version" INT,
    "body_html" TEXT NOT NULL,
    "body_text" TEXT NOT NULL, "metadata" TEXT, "subtitle" VARCHAR(500) NOT NULL DEFAULT '',
    CONSTRAINT "uid_article_slug_960f9e" UNIQUE ("slug", "language"),
    CONSTRAINT "uid_article_source_fd8247" UNIQUE ("source", "source_key")
);
INSERT INTO "article" VALUES(1,'night-ferry','en',NULL,'ARTICLE','The night ferry is back','the night ferry is back','Two winters without a night boat are over.','PUBLISHED','2024-03-04 07:30:00+00:00','2024-03-04 07:30:00+00:00','2024-03-05 09:00:00+00:00',1,1,2,NULL,NULL,NULL,'quay.example','11','7e98926db2f841a5eae650cea5b5916bad78c973859c1bd95fa4ff777470f997',1,'<p>After two winters the night ferry sails again, as <a href="https://quay.example/2024/02/crane/">the new crane</a> frees a berth.</p><p>It leaves at <strong>23:10</strong>.</p>','After two winters the night ferry sails again, as the new crane frees a berth.

It leaves at 23:10.',NULL,'');
INSERT INTO "article" VALUES(2,'crane','en',NULL,'ARTICLE','A second-hand crane for the quay','a second hand crane for the quay','','PUBLISHED','2024-02-11 10:00:00+00:00','2024-02-11 10:00:00+00:00','2024-02-11 10:00:00+00:00',1,0,0,NULL,NULL,NULL,'quay.example','10','e2d4fad147278b577ac08f09de6a6b5d23204be0bd68e809eef1350b9dd34700',1,'<p>The crane came by barge.
</p><p>It is older than the harbour master.</p>','The crane came by barge.

It is older than the harbour master.',NULL,'');
INSERT INTO "article" VALUES(3,'fares-a-first-draft','en',NULL,'ARTICLE','Fares, a first draft','fares a first draft','','DRAFT',NULL,'2026-11-29 15:53:41.889440+00:00','2026-11-29 15:53:41.889440+00:00',1,1,0,NULL,NULL,NULL,'quay.example','12','00b4958899aeaaf9fc06991c63bd5900b206c9b99feb735509f6ac8bd4a4dc92',1,'<p>Nine crowns, or ten?</p>','Nine crowns, or ten?',NULL,'');
INSERT INTO "article" VALUES(4,'about','en',NULL,'PAGE','About this paper','about this paper','','PUBLISHED','2023-01-01 00:00:00+00:00','2023-01-01 00:00:00+00:00','2023-01-01 00:00:00+00:00',1,1,0,NULL,NULL,NULL,'quay.example','2','5b2bb507d8f3ee42aea034f9c26a360a151a3837a41ede944e509094e2f2bbdb',1,'<p>We write about boats.</p>','We write about boats.',NULL,'');
INSERT INTO "article" VALUES(5,'fog-until-noon','en',NULL,'ARTICLE','Fog until noon','fog until noon','Bring a bell.','PUBLISHED','2024-06-01 06:00:00+00:00','2024-06-01 06:00:00+00:00','2024-06-01 07:00:00+00:00',1,1,0,NULL,NULL,'https://weather.quay.example/1','weather.quay.example','tag:quay.example,2024:weather-1','4e728a03c3862b4d4b48cfd862c7e751c87e1f77a4d79465176967ce3a146bc5',1,'<p>Fog on the water until noon.</p>','Fog on the water until noon.',NULL,'');
INSERT INTO "article" VALUES(6,'salt-in-the-bread','en',NULL,'ARTICLE','Salt in the bread','salt in the bread','A recipe with an argument.','PUBLISHED','2024-01-10 08:00:00+00:00','2024-01-09 08:00:00+00:00','2024-01-11 08:00:00+00:00',1,1,0,'https://quay.example/bread.jpg','A loaf on a bollard',NULL,'ghost','a1','f81d9a8815273e9cafae6b2f0b1f10dfc7062acef2602e482b583e9b85c32ae9',1,'<p>The baker on the quay salts twice.</p>','The baker on the quay salts twice.',NULL,'');
INSERT INTO "article" VALUES(7,'members-only-the-rye','en',NULL,'ARTICLE','Members only: the rye','members only the rye','','DRAFT','2024-01-12 08:00:00+00:00','2024-01-12 08:00:00+00:00','2024-01-12 08:00:00+00:00',1,1,0,NULL,NULL,NULL,'ghost','a2','a402bdf8ed32ef3e1ce02d362c26426ae6bd4d28b8ef73a589faebaf5b0e8498',1,'<p>For members.</p>','For members.',NULL,'');
INSERT INTO "article" VALUES(8,'gulls','en',NULL,'ARTICLE','Gulls learn the timetable','gulls learn the timetable','They are on the pier before the boat.','PUBLISHED','2024-05-01 06:00:00+00:00','2024-05-01 06:00:00+00:00','2024-05-01 06:00:00+00:00',1,1,0,'https://quay.example/gulls.jpg',NULL,NULL,'notes','2024-05-01-gulls.md','aafb53ac48467c25543c9f218b639082cbc0b57f09a2c746714fe62dd5c32746',1,'<p>The gulls know when the <a href="https://quay.example/2024/03/night-ferry/">night ferry</a> comes in.</p>
<p>They do not know about Sundays.</p>','The gulls know when the night ferry comes in.

They do not know about Sundays.',NULL,'');
INSERT INTO "article" VALUES(9,'moewen','de',NULL,'ARTICLE','Möwen lernen den Fahrplan','möwen lernen den fahrplan','','PUBLISHED','2024-05-02 06:00:00+00:00','2024-05-02 06:00:00+00:00','2024-05-02 06:00:00+00:00',1,1,0,NULL,NULL,NULL,'notes','2024-05-02-moewen.md','f1d1990bda2b825999dc708e47726c45efd4441127bef8349d7c39526b27b74c',1,'<p>Sie sitzen <strong>vor dem Boot</strong> auf dem Pier.</p>','Sie sitzen vor dem Boot auf dem Pier.',NULL,'');
INSERT INTO "article" VALUES(10,'plan','en',NULL,'ARTICLE','Plans for the slip','plans for the slip','','DRAFT',NULL,'2026-11-29 15:53:42.010591+00:00','2026-11-29 15:53:42.010591+00:00',1,1,0,NULL,NULL,NULL,'notes','plan.md','62d9cbe2594d96804d796b4650d065066fbd198e3dab0f953772630db771894f',1,'<p>Nobody has seen the drawings.</p>','Nobody has seen the drawings.',NULL,'');
INSERT INTO "article" VALUES(11,'nets-dry-on-the-wall','en',NULL,'ARTICLE','Nets dry on the wall','nets dry on the wall','','PUBLISHED','2024-04-03 09:00:00+00:00','2024-04-03 09:00:00+00:00','2024-04-03 09:00:00+00:00',1,1,0,NULL,NULL,'https://quay.example/2024/04/nets/','source','page.html','174ccf5a1939882a779dae1f053d2dcfa678a2ad8506c6a81f75c4a9fb9e47bf',1,'<div><article>
<p>The nets of the whole fleet hang on the north wall this week, and the town smells of it from the station to the market square.</p>
<p>The harbour office asks everybody to keep dogs on a lead, since last year two nets and a kite were lost to a single terrier.</p>
<p>They will be mended by hand, as they have been for as long as anyone can say, and be back in the water by Friday.</p></article>
</div>','The nets of the whole fleet hang on the north wall this week, and the town smells of it from the station to the market square.

The harbour office asks everybody to keep dogs on a lead, since last year two nets and a kite were lost to a single terrier.

They will be mended by hand, as they have been for as long as anyone can say, and be back in the water by Friday.',NULL,'');
INSERT INTO "article" VALUES(12,'prices-of-cod','en','cod','ARTICLE','Prices of cod','prices of cod','Up by one.','PUBLISHED','2024-02-01 00:00:00+00:00','2024-02-01 00:00:00+00:00','2024-02-01 00:00:00+00:00',1,1,1,'https://quay.example/cod.jpg','A cod','https://quay.example/prices/cod','https://quay.example/records','r1','0a7e0ad66c97e76c87f058e23c8d736d8e9f9947a3b8d5e6463f408ef835b892',1,'<p>Cod costs <strong>eleven</strong> crowns.</p>','Cod costs eleven crowns.','{"desk": "market"}','');
INSERT INTO "article" VALUES(13,'prices-of-eel','en',NULL,'ARTICLE','Prices of eel','prices of eel','','ARCHIVED','2024-02-03 00:00:00+00:00','2024-02-03 00:00:00+00:00','2024-02-03 00:00:00+00:00',1,1,0,NULL,NULL,NULL,'https://quay.example/records','r2','aeb249feae1326d46bdba8d44a6a0ece1aa582921843eedc8189843fe7988457',1,'<p>Eel is not sold.</p>','Eel is not sold.',NULL,'');
INSERT INTO "article" VALUES(14,'rope-by-the-yard','en',NULL,'ARTICLE','Rope by the yard','rope by the yard','','PUBLISHED','2024-03-20 00:00:00+00:00','2024-03-20 00:00:00+00:00','2024-03-20 00:00:00+00:00',1,0,0,NULL,NULL,NULL,'rows','c1','32d7ea083250b1aaffa5e2cfcb52ae4b31d06da4b518c8fbb608520ca3c1a230',1,'<p>Rope is sold by the yard, and by the eye.</p>','Rope is sold by the yard, and by the eye.',NULL,'');
INSERT INTO "article" VALUES(15,'the-quay-post-news-from-the-water','en',NULL,'ARTICLE','The Quay Post News from the water','the quay post news from the water','','PUBLISHED','2026-11-29 15:53:42.091420+00:00','2026-11-29 15:53:42.091413+00:00','2026-11-29 15:53:42.091413+00:00',1,1,0,NULL,NULL,NULL,'source','scrape.txt','b342707927bf3f0031d94b8722468b75f9adf13d2c43b33ef5c07ac6b578afa1',1,'<p>After forty years at the upper lock, Bram Teller hands over the keys.</p>
<p>He has opened the gates 61,000 times by his own count.</p>
<p>"I never counted the ducks," he said.</p>','After forty years at the upper lock, Bram Teller hands over the keys.

He has opened the gates 61,000 times by his own count.

"I never counted the ducks," he said.',NULL,'');
INSERT INTO "article" VALUES(16,'revised-in-the-hub','en',NULL,'ARTICLE','Written and revised in the hub','written and revised in the hub','','PUBLISHED','2026-11-29 15:53:42.434263+00:00','2026-11-29 15:53:42.434263+00:00','2026-11-29 15:53:42.459253+00:00',2,1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'<p>It <strong>stands</strong> here.</p>','It stands here.',NULL,'');
INSERT INTO "article" VALUES(17,'opening-of-the-slip','en',NULL,'ARTICLE','Opening of the slip','opening of the slip','','SCHEDULED','2126-11-05 15:53:42.463280+00:00','2026-11-29 15:53:42.464038+00:00','2026-11-29 15:53:42.464038+00:00',1,1,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'<p>Soon.</p>','Soon.',NULL,'');
CREATE TABLE "article_author" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "position" INT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "author_id" BIGINT NOT NULL REFERENCES "author" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_article_aut_article_12ddc2" UNIQUE ("article_id", "author_id")
);
INSERT INTO "article_author" VALUES(1,0,1,1);
INSERT INTO "article_author" VALUES(2,0,2,1);
INSERT INTO "article_author" VALUES(3,0,3,1);
INSERT INTO "article_author" VALUES(4,0,4,1);
INSERT INTO "article_author" VALUES(5,0,5,2);
INSERT INTO "article_author" VALUES(6,0,6,3);
INSERT INTO "article_author" VALUES(7,0,7,3);
INSERT INTO "article_author" VALUES(8,0,8,4);
INSERT INTO "article_author" VALUES(9,0,11,4);
INSERT INTO "article_author" VALUES(10,0,12,5);
INSERT INTO "article_author" VALUES(11,0,14,5);
INSERT INTO "article_author" VALUES(12,0,16,6);
CREATE TABLE "article_topic" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "position" INT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "topic_id" BIGINT NOT NULL REFERENCES "topic" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_article_top_article_647d07" UNIQUE ("article_id", "topic_id")
);
INSERT INTO "article_topic" VALUES(1,0,1,2);
INSERT INTO "article_topic" VALUES(2,1,1,3);
INSERT INTO "article_topic" VALUES(3,0,2,1);
INSERT INTO "article_topic" VALUES(4,0,5,4);
INSERT INTO "article_topic" VALUES(5,0,6,5);
INSERT INTO "article_topic" VALUES(6,0,8,6);
INSERT INTO "article_topic" VALUES(7,1,8,2);
INSERT INTO "article_topic" VALUES(8,0,9,6);
INSERT INTO "article_topic" VALUES(9,0,12,7);
INSERT INTO "article_topic" VALUES(10,0,14,7);
INSERT INTO "article_topic" VALUES(11,1,14,8);
INSERT INTO "article_topic" VALUES(12,0,16,1);
CREATE TABLE "author" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "bio" TEXT NOT NULL
);
INSERT INTO "author" VALUES(1,'odile','Odile Marrack','');
INSERT INTO "author" VALUES(2,'the-harbour-office','The harbour office','');
INSERT INTO "author" VALUES(3,'jon-hale','Jon Hale','Bakes at night.');
INSERT INTO "author" VALUES(4,'odile-marrack','Odile Marrack','');
INSERT INTO "author" VALUES(5,'ines-vale','Ines Vale','Counts things.');
INSERT INTO "author" VALUES(6,'nora-quill','Nora Quill','');
CREATE TABLE "blocked_query" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "text" VARCHAR(100) NOT NULL UNIQUE
);
INSERT INTO "blocked_query" VALUES(1,'jane doe');
CREATE TABLE "change" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "tag" VARCHAR(64) NOT NULL,
    "at" TIMESTAMP NOT NULL
);
INSERT INTO "change" VALUES(1,'article:1','2026-11-29 15:53:41.901395+00:00');
INSERT INTO "change" VALUES(2,'article:2','2026-11-29 15:53:41.901395+00:00');
INSERT INTO "change" VALUES(3,'article:1','2026-11-29 15:53:41.910649+00:00');
INSERT INTO "change" VALUES(4,'comments:1','2026-11-29 15:53:41.910649+00:00');
INSERT INTO "change" VALUES(5,'article:1','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(6,'article:2','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(7,'article:3','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(8,'article:4','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(9,'articles','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(10,'author:1','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(11,'similar','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(12,'slug:16f497395eee','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(13,'slug:1a08ad1f05e5','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(14,'slug:f3d0252b621a','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(15,'slug:ff45f68a0541','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(16,'topic:1','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(17,'topic:2','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(18,'topic:3','2026-11-29 15:53:41.915755+00:00');
INSERT INTO "change" VALUES(19,'article:5','2026-11-29 15:53:41.957028+00:00');
INSERT INTO "change" VALUES(20,'articles','2026-11-29 15:53:41.957028+00:00');
INSERT INTO "change" VALUES(21,'author:2','2026-11-29 15:53:41.957028+00:00');
INSERT INTO "change" VALUES(22,'slug:7c256a13d6c3','2026-11-29 15:53:41.957028+00:00');
INSERT INTO "change" VALUES(23,'topic:4','2026-11-29 15:53:41.957028+00:00');
INSERT INTO "change" VALUES(24,'article:6','2026-11-29 15:53:41.980137+00:00');
INSERT INTO "change" VALUES(25,'article:7','2026-11-29 15:53:41.980137+00:00');
INSERT INTO "change" VALUES(26,'articles','2026-11-29 15:53:41.980137+00:00');
INSERT INTO "change" VALUES(27,'author:3','2026-11-29 15:53:41.980137+00:00');
INSERT INTO "change" VALUES(28,'slug:8e60992e2b5b','2026-11-29 15:53:41.980137+00:00');
INSERT INTO "change" VALUES(29,'topic:5','2026-11-29 15:53:41.980137+00:00');
INSERT INTO "change" VALUES(30,'article:6','2026-11-29 15:53:42.017387+00:00');
INSERT INTO "change" VALUES(31,'article:8','2026-11-29 15:53:42.017387+00:00');
INSERT INTO "change" VALUES(32,'article:10','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(33,'article:6','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(34,'article:8','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(35,'article:9','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(36,'articles','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(37,'author:4','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(38,'similar','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(39,'slug:41a406f710e5','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(40,'slug:e9adcdf2dd0e','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(41,'topic:1','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(42,'topic:2','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(43,'topic:6','2026-11-29 15:53:42.018529+00:00');
INSERT INTO "change" VALUES(44,'article:11','2026-11-29 15:53:42.038005+00:00');
INSERT INTO "change" VALUES(45,'articles','2026-11-29 15:53:42.038005+00:00');
INSERT INTO "change" VALUES(46,'author:4','2026-11-29 15:53:42.038005+00:00');
INSERT INTO "change" VALUES(47,'slug:3e7fcfab558a','2026-11-29 15:53:42.038005+00:00');
INSERT INTO "change" VALUES(48,'article:6','2026-11-29 15:53:42.059176+00:00');
INSERT INTO "change" VALUES(49,'article:11','2026-11-29 15:53:42.059176+00:00');
INSERT INTO "change" VALUES(50,'article:12','2026-11-29 15:53:42.059176+00:00');
INSERT INTO "change" VALUES(51,'article:12','2026-11-29 15:53:42.059847+00:00');
INSERT INTO "change" VALUES(52,'comments:12','2026-11-29 15:53:42.059847+00:00');
INSERT INTO "change" VALUES(53,'article:11','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(54,'article:12','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(55,'article:13','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(56,'article:6','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(57,'articles','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(58,'author:5','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(59,'similar','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(60,'slug:2e174ca347f8','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(61,'slug:5da7115b73dc','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(62,'topic:7','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(63,'translations:4cc4cd8a5f78','2026-11-29 15:53:42.063811+00:00');
INSERT INTO "change" VALUES(64,'article:14','2026-11-29 15:53:42.084379+00:00');
INSERT INTO "change" VALUES(65,'articles','2026-11-29 15:53:42.084379+00:00');
INSERT INTO "change" VALUES(66,'author:5','2026-11-29 15:53:42.084379+00:00');
INSERT INTO "change" VALUES(67,'slug:bbda967b4b8e','2026-11-29 15:53:42.084379+00:00');
INSERT INTO "change" VALUES(68,'topic:7','2026-11-29 15:53:42.084379+00:00');
INSERT INTO "change" VALUES(69,'topic:8','2026-11-29 15:53:42.084379+00:00');
INSERT INTO "change" VALUES(70,'article:1','2026-11-29 15:53:42.098217+00:00');
INSERT INTO "change" VALUES(71,'article:15','2026-11-29 15:53:42.098217+00:00');
INSERT INTO "change" VALUES(72,'article:1','2026-11-29 15:53:42.098903+00:00');
INSERT INTO "change" VALUES(73,'article:15','2026-11-29 15:53:42.098903+00:00');
INSERT INTO "change" VALUES(74,'articles','2026-11-29 15:53:42.098903+00:00');
INSERT INTO "change" VALUES(75,'similar','2026-11-29 15:53:42.098903+00:00');
INSERT INTO "change" VALUES(76,'slug:dab7995722f8','2026-11-29 15:53:42.098903+00:00');
INSERT INTO "change" VALUES(77,'article:16','2026-11-29 15:53:42.449441+00:00');
INSERT INTO "change" VALUES(78,'articles','2026-11-29 15:53:42.449441+00:00');
INSERT INTO "change" VALUES(79,'author:6','2026-11-29 15:53:42.449441+00:00');
INSERT INTO "change" VALUES(80,'slug:bf79d108f4d9','2026-11-29 15:53:42.449441+00:00');
INSERT INTO "change" VALUES(81,'topic:1','2026-11-29 15:53:42.449441+00:00');
INSERT INTO "change" VALUES(82,'article:16','2026-11-29 15:53:42.462030+00:00');
INSERT INTO "change" VALUES(83,'articles','2026-11-29 15:53:42.462030+00:00');
INSERT INTO "change" VALUES(84,'author:6','2026-11-29 15:53:42.462030+00:00');
INSERT INTO "change" VALUES(85,'slug:bf79d108f4d9','2026-11-29 15:53:42.462030+00:00');
INSERT INTO "change" VALUES(86,'slug:faf470446c40','2026-11-29 15:53:42.462030+00:00');
INSERT INTO "change" VALUES(87,'topic:1','2026-11-29 15:53:42.462030+00:00');
INSERT INTO "change" VALUES(88,'article:17','2026-11-29 15:53:42.466195+00:00');
INSERT INTO "change" VALUES(89,'article:18','2026-11-29 15:53:42.470152+00:00');
INSERT INTO "change" VALUES(90,'article:18','2026-11-29 15:53:42.477003+00:00');
INSERT INTO "change" VALUES(91,'articles','2026-11-29 15:53:42.477003+00:00');
INSERT INTO "change" VALUES(92,'slug:f4bbf703baa3','2026-11-29 15:53:42.477003+00:00');
INSERT INTO "change" VALUES(93,'article:18','2026-11-29 15:53:42.484544+00:00');
INSERT INTO "change" VALUES(94,'articles','2026-11-29 15:53:42.484544+00:00');
INSERT INTO "change" VALUES(95,'slug:f4bbf703baa3','2026-11-29 15:53:42.484544+00:00');
INSERT INTO "change" VALUES(96,'article:18','2026-11-29 15:53:42.487731+00:00');
INSERT INTO "change" VALUES(97,'article:8','2026-11-29 15:53:42.498060+00:00');
INSERT INTO "change" VALUES(98,'article:16','2026-11-29 15:53:42.498060+00:00');
INSERT INTO "change" VALUES(99,'article:16','2026-11-29 15:53:42.504468+00:00');
INSERT INTO "change" VALUES(100,'article:16','2026-11-29 15:53:42.512473+00:00');
INSERT INTO "change" VALUES(101,'comments:16','2026-11-29 15:53:42.512473+00:00');
INSERT INTO "change" VALUES(102,'article:16','2026-11-29 15:53:42.514496+00:00');
INSERT INTO "change" VALUES(103,'comments:16','2026-11-29 15:53:42.514496+00:00');
INSERT INTO "change" VALUES(104,'article:16','2026-11-29 15:53:42.516211+00:00');
INSERT INTO "change" VALUES(105,'comments:16','2026-11-29 15:53:42.516211+00:00');
INSERT INTO "change" VALUES(106,'search','2026-11-29 15:53:42.520297+00:00');
INSERT INTO "change" VALUES(107,'search','2026-11-29 15:53:42.525164+00:00');
INSERT INTO "change" VALUES(108,'search','2026-11-29 15:53:42.538509+00:00');
INSERT INTO "change" VALUES(109,'search','2026-11-29 15:53:42.570766+00:00');
INSERT INTO "change" VALUES(110,'topics','2026-11-29 15:53:42.573931+00:00');
CREATE TABLE "comment" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(16) NOT NULL  /* COMMENT: COMMENT\nPINGBACK: PINGBACK\nTRACKBACK: TRACKBACK */,
    "author_name" VARCHAR(200) NOT NULL,
    "author_email" VARCHAR(320),
    "body_html" TEXT NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* PENDING: PENDING\nAPPROVED: APPROVED\nSPAM: SPAM\nTRASH: TRASH */,
    "created_at" TIMESTAMP NOT NULL,
    "source_key" VARCHAR(255),
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "parent_id" BIGINT REFERENCES "comment" ("id") ON DELETE SET NULL,
    CONSTRAINT "uid_comment_article_02c632" UNIQUE ("article_id", "source_key")
);
INSERT INTO "comment" VALUES(1,'COMMENT','Piet','piet@mail.example','<p>At last. I have slept on that pier.</p>','APPROVED','2024-03-04 12:00:00+00:00','7',1,NULL);
INSERT INTO "comment" VALUES(2,'COMMENT','Odile Marrack','odile@quay.example','<p>So have I.</p>','APPROVED','2024-03-04 13:00:00+00:00','8',1,1);
INSERT INTO "comment" VALUES(3,'COMMENT','Cheap berths','x@spam.example','<p>Berths, cheap!</p>','SPAM','2024-03-04 14:00:00+00:00','9',1,NULL);
INSERT INTO "comment" VALUES(4,'COMMENT','Mo','mo@mail.example','<p>Too much.</p>','APPROVED','2024-02-02 00:00:00+00:00','c1',12,NULL);
INSERT INTO "comment" VALUES(5,'COMMENT','Rita','rita@readers.example','<p>Indeed.</p>','APPROVED','2026-11-29 15:53:42.507417+00:00',NULL,16,NULL);
INSERT INTO "comment" VALUES(6,'COMMENT','Rita','rita@readers.example','<p>Indeed.</p>','SPAM','2026-11-29 15:53:42.514074+00:00',NULL,16,NULL);
CREATE TABLE "day_secret" (
    "day" VARCHAR(10) NOT NULL  PRIMARY KEY,
    "secret" VARCHAR(64) NOT NULL
);
INSERT INTO "day_secret" VALUES('2026-11-29','f1785b3cebb603e8f93b998c94e2183f2382bb1fbdba5d4507b5f3bacaf5014f');
CREATE TABLE "due_neighbours" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "article_id" BIGINT NOT NULL UNIQUE,
    "spread" INT NOT NULL
);
INSERT INTO "due_neighbours" VALUES(1,1,1);
CREATE TABLE "lease" (
    "name" VARCHAR(200) NOT NULL  PRIMARY KEY,
    "holder" VARCHAR(64) NOT NULL,
    "until" REAL NOT NULL
);
INSERT INTO "lease" VALUES('webhook','holder',1.79596763756005811697e+09);
CREATE TABLE "outbox_event" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "article_id" BIGINT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "tries" INT NOT NULL,
    "parked" INT NOT NULL,
    "error" TEXT
);
INSERT INTO "outbox_event" VALUES(2,2,'2026-11-29 15:53:41.911039+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(3,3,'2026-11-29 15:53:41.911039+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(4,4,'2026-11-29 15:53:41.911039+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(5,5,'2026-11-29 15:53:41.954992+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(6,6,'2026-11-29 15:53:41.977658+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(7,7,'2026-11-29 15:53:41.977658+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(8,8,'2026-11-29 15:53:42.017698+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(9,9,'2026-11-29 15:53:42.017698+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(10,10,'2026-11-29 15:53:42.017698+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(11,11,'2026-11-29 15:53:42.037501+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(12,12,'2026-11-29 15:53:42.059691+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(13,13,'2026-11-29 15:53:42.060105+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(14,14,'2026-11-29 15:53:42.083808+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(15,15,'2026-11-29 15:53:42.098510+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(16,16,'2026-11-29 15:53:42.446437+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(17,16,'2026-11-29 15:53:42.459768+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(18,17,'2026-11-29 15:53:42.466002+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(19,18,'2026-11-29 15:53:42.469941+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(20,18,'2026-11-29 15:53:42.476630+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(21,18,'2026-11-29 15:53:42.484262+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(22,18,'2026-11-29 15:53:42.487576+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(23,16,'2026-11-29 15:53:42.508054+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(24,16,'2026-11-29 15:53:42.514325+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(25,16,'2026-11-29 15:53:42.515996+00:00',0,0,NULL);
CREATE TABLE "pin" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "text" VARCHAR(200) NOT NULL,
    "rank" INT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_pin_text_953a3c" UNIQUE ("text", "article_id")
);
INSERT INTO "pin" VALUES(1,'ferry',0,16);
CREATE TABLE "query_reader" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" VARCHAR(10) NOT NULL,
    "text" VARCHAR(100) NOT NULL,
    "reader" VARCHAR(64) NOT NULL,
    CONSTRAINT "uid_query_reade_day_731c66" UNIQUE ("day", "text", "reader")
);
INSERT INTO "query_reader" VALUES(1,'2026-11-29','night ferry','cba63f101dd92f76b1bf41473f8e91bf4f7442375dc7570e');
CREATE TABLE "query_stat" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" VARCHAR(10) NOT NULL,
    "text" VARCHAR(100) NOT NULL,
    "asked" INT NOT NULL,
    "hits" INT NOT NULL, "readers" INT NOT NULL DEFAULT 0,
    CONSTRAINT "uid_query_stat_day_301dff" UNIQUE ("day", "text")
);
INSERT INTO "query_stat" VALUES(1,'2026-11-29','night ferry',1,3,1);
INSERT INTO "query_stat" VALUES(2,'2026-11-29','submarine',1,0,0);
CREATE TABLE "rate_bucket" (
    "key" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "full_at" REAL NOT NULL
);
INSERT INTO "rate_bucket" VALUES('a',1.7959676525583732128e+09);
CREATE TABLE "relation" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(16) NOT NULL  /* INLINE: INLINE\nMORE_TOPICS: MORE_TOPICS\nMORE_TO_READ: MORE_TO_READ\nPINNED: PINNED\nTOPIC: TOPIC\nSIMILAR: SIMILAR */,
    "origin" VARCHAR(16) NOT NULL  /* EDITOR: EDITOR\nIMPORT: IMPORT\nDERIVED: DERIVED */,
    "rank" INT NOT NULL,
    "position" INT,
    "anchor" VARCHAR(500) NOT NULL,
    "url" VARCHAR(2000),
    "weight" REAL NOT NULL,
    "chosen" INT NOT NULL,
    "wanted_url" VARCHAR(255),
    "wanted_slug" VARCHAR(255),
    "wanted_headline" VARCHAR(255),
    "source_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "target_id" BIGINT REFERENCES "article" ("id") ON DELETE SET NULL
, "because" TEXT);
INSERT INTO "relation" VALUES(1,'INLINE','IMPORT',0,0,'the new crane','https://quay.example/2024/02/crane/',1.0,0,'quay.example/2024/02/crane',NULL,NULL,1,2,NULL);
INSERT INTO "relation" VALUES(2,'INLINE','IMPORT',0,0,'Salt in the bread',NULL,1.0,0,NULL,NULL,'salt in the bread',8,6,NULL);
INSERT INTO "relation" VALUES(3,'MORE_TO_READ','IMPORT',0,NULL,'Salt in the bread',NULL,1.0,0,NULL,NULL,'salt in the bread',12,6,NULL);
INSERT INTO "relation" VALUES(4,'INLINE','IMPORT',1,0,'nets','https://quay.example/2024/04/nets/',1.0,0,'quay.example/2024/04/nets',NULL,NULL,12,11,NULL);
INSERT INTO "relation" VALUES(5,'INLINE','IMPORT',0,1,'The night ferry is back',NULL,1.0,0,NULL,NULL,'the night ferry is back',15,1,NULL);
INSERT INTO "relation" VALUES(6,'PINNED','EDITOR',0,NULL,'',NULL,1.0,1,NULL,NULL,NULL,16,8,NULL);
INSERT INTO "relation" VALUES(7,'INLINE','EDITOR',1,NULL,'Nowhere yet',NULL,1.0,0,NULL,NULL,'nowhere yet',16,NULL,NULL);
CREATE TABLE "revision" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" INT NOT NULL,
    "slug" VARCHAR(200) NOT NULL,
    "title" VARCHAR(500) NOT NULL,
    "summary" TEXT NOT NULL,
    "body_html" TEXT NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED */,
    "editor" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE, "subtitle" VARCHAR(500),
    CONSTRAINT "uid_revision_article_5c9c13" UNIQUE ("article_id", "version")
);
INSERT INTO "revision" VALUES(1,1,'night-ferry','The night ferry is back','Two winters without a night boat are over.','<p>After two winters the night ferry sails again, as <a href="https://quay.example/2024/02/crane/">the new crane</a> frees a berth.</p><p>It leaves at <strong>23:10</strong>.</p>','PUBLISHED','system','2024-03-05 09:00:00+00:00',1,'');
INSERT INTO "revision" VALUES(2,1,'crane','A second-hand crane for the quay','','<p>The crane came by barge.
</p><p>It is older than the harbour master.</p>','PUBLISHED','system','2024-02-11 10:00:00+00:00',2,'');
INSERT INTO "revision" VALUES(3,1,'fares-a-first-draft','Fares, a first draft','','<p>Nine crowns, or ten?</p>','DRAFT','system','2026-11-29 15:53:41.889440+00:00',3,'');
INSERT INTO "revision" VALUES(4,1,'about','About this paper','','<p>We write about boats.</p>','PUBLISHED','system','2023-01-01 00:00:00+00:00',4,'');
INSERT INTO "revision" VALUES(5,1,'fog-until-noon','Fog until noon','Bring a bell.','<p>Fog on the water until noon.</p>','PUBLISHED','system','2024-06-01 07:00:00+00:00',5,'');
INSERT INTO "revision" VALUES(6,1,'salt-in-the-bread','Salt in the bread','A recipe with an argument.','<p>The baker on the quay salts twice.</p>','PUBLISHED','system','2024-01-11 08:00:00+00:00',6,'');
INSERT INTO "revision" VALUES(7,1,'members-only-the-rye','Members only: the rye','','<p>For members.</p>','DRAFT','system','2024-01-12 08:00:00+00:00',7,'');
INSERT INTO "revision" VALUES(8,1,'gulls','Gulls learn the timetable','They are on the pier before the boat.','<p>The gulls know when the <a href="https://quay.example/2024/03/night-ferry/">night ferry</a> comes in.</p>
<p>They do not know about Sundays.</p>','PUBLISHED','system','2024-05-01 06:00:00+00:00',8,'');
INSERT INTO "revision" VALUES(9,1,'moewen','Möwen lernen den Fahrplan','','<p>Sie sitzen <strong>vor dem Boot</strong> auf dem Pier.</p>','PUBLISHED','system','2024-05-02 06:00:00+00:00',9,'');
INSERT INTO "revision" VALUES(10,1,'plan','Plans for the slip','','<p>Nobody has seen the drawings.</p>','DRAFT','system','2026-11-29 15:53:42.010591+00:00',10,'');
INSERT INTO "revision" VALUES(11,1,'nets-dry-on-the-wall','Nets dry on the wall','','<div><article>
<p>The nets of the whole fleet hang on the north wall this week, and the town smells of it from the station to the market square.</p>
<p>The harbour office asks everybody to keep dogs on a lead, since last year two nets and a kite were lost to a single terrier.</p>
<p>They will be mended by hand, as they have been for as long as anyone can say, and be back in the water by Friday.</p></article>
</div>','PUBLISHED','system','2024-04-03 09:00:00+00:00',11,'');
INSERT INTO "revision" VALUES(12,1,'prices-of-cod','Prices of cod','Up by one.','<p>Cod costs <strong>eleven</strong> crowns.</p>','PUBLISHED','system','2024-02-01 00:00:00+00:00',12,'');
INSERT INTO "revision" VALUES(13,1,'prices-of-eel','Prices of eel','','<p>Eel is not sold.</p>','ARCHIVED','system','2024-02-03 00:00:00+00:00',13,'');
INSERT INTO "revision" VALUES(14,1,'rope-by-the-yard','Rope by the yard','','<p>Rope is sold by the yard, and by the eye.</p>','PUBLISHED','system','2024-03-20 00:00:00+00:00',14,'');
INSERT INTO "revision" VALUES(15,1,'the-quay-post-news-from-the-water','The Quay Post News from the water','','<p>After forty years at the upper lock, Bram Teller hands over the keys.</p>
<p>He has opened the gates 61,000 times by his own count.</p>
<p>"I never counted the ducks," he said.</p>','PUBLISHED','system','2026-11-29 15:53:42.091413+00:00',15,'');
INSERT INTO "revision" VALUES(16,1,'written-in-the-hub','Written in the hub','','<p>It <strong>stands</strong> here.</p>','PUBLISHED','system','2026-11-29 15:53:42.434263+00:00',16,'');
INSERT INTO "revision" VALUES(17,2,'revised-in-the-hub','Written and revised in the hub','','<p>It <strong>stands</strong> here.</p>','PUBLISHED','system','2026-11-29 15:53:42.459253+00:00',16,'');
INSERT INTO "revision" VALUES(18,1,'opening-of-the-slip','Opening of the slip','','<p>Soon.</p>','SCHEDULED','system','2026-11-29 15:53:42.464038+00:00',17,'');
CREATE TABLE "slug_history" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL,
    "language" VARCHAR(16) NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_slug_histor_slug_102963" UNIQUE ("slug", "language")
);
INSERT INTO "slug_history" VALUES(1,'old-crane','en',2);
INSERT INTO "slug_history" VALUES(2,'cod-price','en',12);
INSERT INTO "slug_history" VALUES(3,'written-in-the-hub','en',16);
CREATE TABLE "synonym_set" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "words" TEXT NOT NULL,
    "typed" VARCHAR(100)
);
INSERT INTO "synonym_set" VALUES(1,'ferry
boat',NULL);
INSERT INTO "synonym_set" VALUES(2,'mist','fog');
CREATE TABLE "token" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "secret_hash" VARCHAR(64) NOT NULL UNIQUE,
    "role" VARCHAR(16) NOT NULL  /* WRITER: WRITER\nEDITOR: EDITOR\nADMIN: ADMIN */,
    "scopes" VARCHAR(500) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP,
    "last_used_at" TIMESTAMP,
    "revoked_at" TIMESTAMP
);
INSERT INTO "token" VALUES(1,'Newsroom','f4d7515c9f89928802cd225899003712040b745c167eed68b53421764e02f6a2','EDITOR','','2026-11-29 15:53:42.539744+00:00',NULL,NULL,NULL);
INSERT INTO "token" VALUES(2,'Importer','e5b8b97dd47c7989d19e28a3ef021aad2e7b131de68c59d2cb6be42d3305fc86','WRITER','write','2026-11-29 15:53:42.543748+00:00',NULL,NULL,NULL);
CREATE TABLE "topic" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "description" TEXT NOT NULL,
    "parent_id" BIGINT REFERENCES "topic" ("id") ON DELETE SET NULL
);
INSERT INTO "topic" VALUES(1,'harbour','Harbour','',NULL);
INSERT INTO "topic" VALUES(2,'ferries','Ferries','',1);
INSERT INTO "topic" VALUES(3,'timetable','Timetable','',NULL);
INSERT INTO "topic" VALUES(4,'weather','Weather','',NULL);
INSERT INTO "topic" VALUES(5,'bread','Bread','Loaves and rolls',NULL);
INSERT INTO "topic" VALUES(6,'birds','Birds','',NULL);
INSERT INTO "topic" VALUES(7,'market','Market','Stalls and prices',NULL);
INSERT INTO "topic" VALUES(8,'rope','Rope','',NULL);
CREATE TABLE "tortoise_migrations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "app" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "applied_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_tortoise_mi_app_3803a5" UNIQUE ("app", "name")
);
INSERT INTO "tortoise_migrations" VALUES(1,'hub','0001_start','2026-11-29 15:53:40.772583+00:00');
INSERT INTO "tortoise_migrations" VALUES(2,'hub','0002_search','2026-11-29 15:53:41.074456+00:00');
INSERT INTO "tortoise_migrations" VALUES(3,'hub','0003_querystats','2026-11-29 15:53:41.094812+00:00');
INSERT INTO "tortoise_migrations" VALUES(4,'hub','0004_metadata','2026-11-29 15:53:41.126456+00:00');
INSERT INTO "tortoise_migrations" VALUES(5,'hub','0005_webhooks','2026-11-29 15:53:41.218280+00:00');
INSERT INTO "tortoise_migrations" VALUES(6,'hub','0006_rates','2026-11-29 15:53:41.274762+00:00');
INSERT INTO "tortoise_migrations" VALUES(7,'hub','0007_labels_in_order','2026-11-29 15:53:41.584730+00:00');
INSERT INTO "tortoise_migrations" VALUES(8,'hub','0008_subtitle','2026-11-29 15:53:41.689329+00:00');
INSERT INTO "tortoise_migrations" VALUES(9,'hub','0009_visibility','2026-11-29 15:53:41.739278+00:00');
INSERT INTO "tortoise_migrations" VALUES(10,'hub','0010_suggested_searches','2026-11-29 15:53:41.829649+00:00');
CREATE TABLE "webhook_event" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "target" VARCHAR(200) NOT NULL,
    "tags" TEXT NOT NULL,
    "places" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL
);
INSERT INTO "webhook_event" VALUES(16,'https://cdn.example','search','[]','2026-11-29 15:53:42.570766+00:00');
INSERT INTO "webhook_event" VALUES(17,'https://cdn.example','topics','[]','2026-11-29 15:53:42.573931+00:00');
CREATE TABLE "webhook_message" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" VARCHAR(64) NOT NULL UNIQUE,
    "target" VARCHAR(200) NOT NULL,
    "articles" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* WAITING: WAITING\nDELIVERED: DELIVERED\nGIVEN_UP: GIVEN_UP */,
    "created_at" TIMESTAMP NOT NULL,
    "due" REAL NOT NULL,
    "tries" INT NOT NULL,
    "answer" INT,
    "error" VARCHAR(200),
    "settled_at" TIMESTAMP
);
INSERT INTO "webhook_message" VALUES(1,'msg_13b9f028b8414cfbb66c8183','https://cdn.example','8 16 17 18','{}','WAITING','2026-11-29 15:53:42.563740+00:00',1.79596768256959724431e+09,1,503,'answered 503',NULL);
CREATE TABLE "webhook_target" (
    "name" VARCHAR(200) NOT NULL  PRIMARY KEY
);
INSERT INTO "webhook_target" VALUES('https://cdn.example');
CREATE INDEX "idx_article_transla_47d8e1" ON "article" ("translation_key");
CREATE INDEX "idx_article_headlin_d1ef8b" ON "article" ("headline_key");
CREATE INDEX "idx_article_status_7f1379" ON "article" ("status", "published_at", "id");
CREATE INDEX "idx_article_status_2bc1f1" ON "article" ("status", "comment_count", "id");
CREATE INDEX "idx_address_url_key_d7df2e" ON "address" ("url_key");
CREATE INDEX "idx_author_name_9e9e67" ON "author" ("name");
CREATE INDEX "idx_article_aut_author__ddffe9" ON "article_author" ("author_id", "article_id");
CREATE INDEX "idx_comment_article_cc6d9d" ON "comment" ("article_id", "status", "created_at", "id");
CREATE INDEX "idx_comment_parent__1d6c6f" ON "comment" ("parent_id", "status", "created_at", "id");
CREATE INDEX "idx_comment_status_629ddd" ON "comment" ("status", "created_at", "id");
CREATE INDEX "idx_outbox_even_article_628532" ON "outbox_event" ("article_id");
CREATE INDEX "idx_outbox_even_parked_48884e" ON "outbox_event" ("parked", "id");
CREATE INDEX "idx_relation_wanted__988282" ON "relation" ("wanted_url");
CREATE INDEX "idx_relation_wanted__ec74da" ON "relation" ("wanted_slug");
CREATE INDEX "idx_relation_wanted__a153c1" ON "relation" ("wanted_headline");
CREATE INDEX "idx_relation_source__a7b3dc" ON "relation" ("source_id", "rank", "id");
CREATE INDEX "idx_relation_target__87ac4c" ON "relation" ("target_id", "source_id");
CREATE INDEX "idx_slug_histor_article_82bba9" ON "slug_history" ("article_id");
CREATE INDEX "idx_topic_name_297d67" ON "topic" ("name");
CREATE INDEX "idx_article_top_topic_i_512fb2" ON "article_topic" ("topic_id", "article_id");
CREATE INDEX "idx_webhook_eve_target_d9346d" ON "webhook_event" ("target");
CREATE INDEX "idx_webhook_mes_status_c7a256" ON "webhook_message" ("status", "target", "id");
CREATE INDEX "idx_rate_bucket_full_at_43f199" ON "rate_bucket" ("full_at");
CREATE INDEX "idx_article_aut_article_e83fbd" ON "article_author" ("article_id", "position", "author_id");
CREATE INDEX "idx_article_top_article_c217d6" ON "article_topic" ("article_id", "position", "topic_id");
CREATE INDEX "idx_topic_parent__75b9d8" ON "topic" ("parent_id", "id");
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('tortoise_migrations',10);
INSERT INTO "sqlite_sequence" VALUES('topic',8);
INSERT INTO "sqlite_sequence" VALUES('author',6);
INSERT INTO "sqlite_sequence" VALUES('article',18);
INSERT INTO "sqlite_sequence" VALUES('article_topic',12);
INSERT INTO "sqlite_sequence" VALUES('article_author',12);
INSERT INTO "sqlite_sequence" VALUES('revision',21);
INSERT INTO "sqlite_sequence" VALUES('address',28);
INSERT INTO "sqlite_sequence" VALUES('slug_history',3);
INSERT INTO "sqlite_sequence" VALUES('relation',7);
INSERT INTO "sqlite_sequence" VALUES('change',110);
INSERT INTO "sqlite_sequence" VALUES('comment',6);
INSERT INTO "sqlite_sequence" VALUES('outbox_event',25);
INSERT INTO "sqlite_sequence" VALUES('webhook_event',17);
INSERT INTO "sqlite_sequence" VALUES('synonym_set',2);
INSERT INTO "sqlite_sequence" VALUES('pin',1);
INSERT INTO "sqlite_sequence" VALUES('token',2);
INSERT INTO "sqlite_sequence" VALUES('query_stat',2);
INSERT INTO "sqlite_sequence" VALUES('query_reader',1);
INSERT INTO "sqlite_sequence" VALUES('blocked_query',1);
INSERT INTO "sqlite_sequence" VALUES('webhook_message',1);
INSERT INTO "sqlite_sequence" VALUES('due_neighbours',1);
COMMIT;
